# syntax=docker/dockerfile:1

# Build: dependencies first, so that a change of code downloads nothing again.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/lib
COPY conf conf
COPY webroot webroot
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -DskipTests package

# Run: the libraries are a layer of their own; a change of code sends only the thin jar.
FROM eclipse-temurin:25-jre
RUN useradd --uid 9898 --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin stentor
WORKDIR /app
COPY --from=build /build/target/lib lib
COPY --from=build /build/target/stentor-thin.jar stentor.jar
# By number: Kubernetes can see that this is not root.
USER 9898:9898

# The event bus has a fixed port here, so that it can be published; Hazelcast listens on 5701.
ENV STENTOR_CLUSTER_BUS_PORT=15701
EXPOSE 9898 5701 15701

# Bash opens the connection itself: the image has no curl. It gives up by itself too: not everything that runs this does it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${STENTOR_HTTP_PORT:-9898} && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]

# Exec form: the JVM is process 1 and gets the signal itself.
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "stentor.jar"]
