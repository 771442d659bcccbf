# syntax=docker/dockerfile:1

# Build: dependencies first, so that a code change downloads nothing again.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/lib
COPY conf conf
COPY webroot webroot
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -DskipTests -Dspotless.check.skip package

# Run: the libraries are a separate layer, so a code change transfers only the thin jar.
FROM eclipse-temurin:25-jre
RUN useradd --uid 9898 --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin stentor \
    && install -d -o 9898 -g 9898 -m 0700 /data
WORKDIR /app
COPY --from=build /build/target/lib lib
COPY --from=build /build/target/stentor-thin.jar stentor.jar
# By number, so that Kubernetes can tell that it is not root.
USER 9898:9898

# A fixed port for the event bus, so that it can be published; Hazelcast listens on 5701.
ENV STENTOR_CLUSTER_BUS_PORT=15701
EXPOSE 9898 5701 15701

# Messages survive a restart here; without a volume of its own for each node, they are as short-lived as the container.
ENV STENTOR_DATA_DIR=/data
VOLUME /data

# A restarted cluster waits for its nodes before it listens (cluster.restartWaitSeconds), hence the long start period.
# Bash opens the connection, because the image has no curl. It has its own timeout, because not every runtime enforces one.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${STENTOR_HTTP_PORT:-9898} && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]

# Exec form: the JVM is process 1 and receives the signal.
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "stentor.jar"]
