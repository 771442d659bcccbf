package io.stentor.centrifuge.api;

import io.stentor.cluster.ClusterCall;
import io.stentor.connection.ConnectionRegistries;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.room.Load;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code info}: the nodes of the cluster and how much they have to do. Any thread. */
final class Info {

  private static final String KIND = "info";

  private final Rooms rooms;
  private final ConnectionRegistries directories;
  private final ClusterCall nodes;

  Info(Rooms rooms, ConnectionRegistries directories, ClusterCall nodes) {
    this.rooms = rooms;
    this.directories = directories;
    this.nodes = nodes;
    nodes.answer(KIND, nothing -> here());
  }

  /** Who is connected by one event loop. */
  private record Here(int connections, Set<String> users) {}

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
    return directories
        .each(Info::count)
        .compose(loops -> rooms.load().map(load -> node(loops, load)));
  }

  private static Future<Here> count(ConnectionRegistry directory) {
    return Future.succeededFuture(new Here(directory.connections(), directory.users()));
  }

  private String node(List<Here> loops, Load load) {
    int clients = 0;
    Set<String> users = new HashSet<>();
    for (Here loop : loops) {
      clients += loop.connections;
      users.addAll(loop.users);
    }
    var process = ManagementFactory.getRuntimeMXBean();
    JsonWriter line =
        new JsonWriter().open().text("uid", rooms.node()).text("name", process.getName());
    line.text("version", Info.class.getPackage().getImplementationVersion());
    line.name("num_clients").integer(clients).name("num_users").integer(users.size());
    line.name("num_channels").integer(load.rooms()).name("num_subs").integer(load.cursors());
    return line.name("uptime").integer(process.getUptime() / 1000).close().toString();
  }
}
