package io.stentor.centrifuge.api;

import io.stentor.cluster.ClusterCall;
import io.stentor.connection.ConnectionRegistries;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.room.Rooms;
import io.stentor.room.Rooms.Load;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code info}: lists the nodes of the cluster and their load. Any thread. */
final class InfoMethod {

  private static final String KIND = "info";

  private final Rooms rooms;
  private final ConnectionRegistries registries;
  private final ClusterCall nodes;

  InfoMethod(Rooms rooms, ConnectionRegistries registries, ClusterCall nodes) {
    this.rooms = rooms;
    this.registries = registries;
    this.nodes = nodes;
    nodes.answer(KIND, nothing -> here());
  }

  /** Connections of one event loop. */
  private record LoopLoad(int connections, Set<String> users) {}

  Future<JsonWriter> call(JsonFields request) {
    return nodes
        .ask(KIND, "")
        .map(
            all -> {
              JsonWriter line = new JsonWriter().open().name("nodes").openArray();
              all.forEach(one -> line.raw(JsonWriter.of(one)));
              return line.closeArray().close();
            });
  }

  private Future<String> here() {
    return registries
        .each(InfoMethod::count)
        .compose(loops -> rooms.load().map(load -> node(loops, load)));
  }

  private static Future<LoopLoad> count(ConnectionRegistry registry) {
    return Future.succeededFuture(new LoopLoad(registry.connections(), registry.users()));
  }

  private String node(List<LoopLoad> loops, Load load) {
    int clients = 0;
    Set<String> users = new HashSet<>();
    for (LoopLoad loop : loops) {
      clients += loop.connections;
      users.addAll(loop.users);
    }
    var process = ManagementFactory.getRuntimeMXBean();
    JsonWriter line =
        new JsonWriter().open().text("uid", rooms.node()).text("name", process.getName());
    line.text("version", InfoMethod.class.getPackage().getImplementationVersion());
    line.name("num_clients").integer(clients).name("num_users").integer(users.size());
    line.name("num_channels").integer(load.rooms()).name("num_subs").integer(load.cursors());
    return line.name("uptime").integer(process.getUptime() / 1000).close().toString();
  }
}
