package io.stentor.torture;

import io.stentor.support.FaultyBackups;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes under torture: places 0, 1, 2, in each of which a process runs or has ended. A single
 * one is in no cluster.
 */
final class Nodes implements AutoCloseable {
  private static final int MOST = 5;

  private final int size;
  private final Network network;
  private final @Nullable Disks disks;
  private final UnaryOperator<Launch> settings;
  private final List<Integer> ports = new ArrayList<>();

  /** Below those that the system gives to clients: one that is left for a while is not taken. */
  private final int firstPort = Ports.freeRange();

  private final String clusterName = "torture-" + UUID.randomUUID();
  private final List<NodeProcess> processes = new ArrayList<>();
  private final Path directory = temporary();
  private final Clocks clocks = new Clocks(directory);

  /** Starts all of them and waits until they are ready. */
  Nodes(int size, Network network) {
    this(size, network, null, launch -> launch);
  }

  /** The same with more settings, and with a data directory for each place unless null. */
  Nodes(int size, Network network, @Nullable Disks disks, UnaryOperator<Launch> settings) {
    this.size = size;
    this.network = network;
    this.disks = disks;
    this.settings = settings;
    if (size > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " nodes, not " + size);
    }
    try {
      for (int i = 0; i < size; i++) {
        ports.add(firstPort + MOST + i);
        processes.add(launch(i));
        processes.get(i).awaitReady();
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  int size() {
    return size;
  }

  Network network() {
    return network;
  }

  /** Whether nodes keep logs in data directories. */
  boolean haveDisks() {
    return disks != null;
  }

  /** The data directories. */
  Disks disks() {
    if (disks == null) {
      throw new IllegalStateException("nodes without data directories");
    }
    return disks;
  }

  Clocks clocks() {
    return clocks;
  }

  /** Steps towards the copies of logs are faulty on all nodes from now on, or no longer. */
  void faultyBackups(boolean on) {
    try {
      if (on) {
        Files.writeString(faults(), "");
      } else {
        Files.deleteIfExists(faults());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path faults() {
    return directory.resolve("faulty-backups");
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("stentor-torture-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process that was started last in this place. */
  synchronized NodeProcess process(int place) {
    return processes.get(place);
  }

  /** Starts a new process where the old one has ended, and waits until it is ready. */
  void replace(int place) {
    start(place).awaitReady();
  }

  /** Starts a new process where the old one has ended. */
  NodeProcess start(int place) {
    process(place).close(); // It leaves its log.
    NodeProcess node = launch(place);
    synchronized (this) {
      processes.set(place, node);
    }
    return node;
  }

  /** Sends a signal to the processes in these places, and waits until they have ended. */
  void end(String signal, List<Integer> places) {
    String pids =
        places.stream()
            .map(place -> Long.toString(process(place).pid()))
            .collect(Collectors.joining(" "));
    Network.run("kill -" + signal + " " + pids);
    places.forEach(place -> process(place).exitCode());
  }

  /** The address of something on the node in this place. */
  URI uri(int place, String path) {
    return URI.create("ws://" + address(place) + path);
  }

  /** The node's {@code host:port}, for clients. */
  String address(int place) {
    return network.host(place) + ":" + ports.get(place);
  }

  String clusterName() {
    return clusterName;
  }

  /** Addresses for Hazelcast, in the order of places. */
  List<String> clusterAddresses() {
    return IntStream.range(0, size).mapToObj(i -> network.host(i) + ":" + clusterPort(i)).toList();
  }

  /** Each place has its own, since the places may share one address. */
  private int clusterPort(int place) {
    return firstPort + place;
  }

  private NodeProcess launch(int place) {
    String host = network.host(place);
    Launch launch =
        Launch.jar("--host", host, "--port", Integer.toString(ports.get(place)))
            .inside(network.prefix(place))
            .withEnv("STENTOR_CLUSTER_NAME", clusterName)
            .withEnv("STENTOR_CLUSTER_HOST", host)
            .withEnv("STENTOR_CLUSTER_PORT", clusterPort(place))
            .withEnv("STENTOR_CLUSTER_MEMBERS", String.join(",", clusterAddresses()))
            .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_MESSAGES", 100_000)
            .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_BYTES", 64 << 20)
            .withEnv("STENTOR_LOGGING_LEVEL", "info");
    Launch clustered = size == 1 ? launch : launch.with("--cluster");
    Launch faulty = FaultyBackups.in(clocks.on(clustered, place), faults());
    return NodeProcess.launch(settings.apply(disks == null ? faulty : disks.on(faulty, place)));
  }

  /** All logs, one behind the other. */
  String logs() {
    return IntStream.range(0, size)
        .mapToObj(i -> "== node " + i + " (" + network.host(i) + ")\n" + process(i).log())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    processes.forEach(NodeProcess::close);
    network.close();
    if (disks != null) {
      disks.close();
    }
  }
}
