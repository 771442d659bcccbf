package io.stentor.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that can be measured.
 *
 * @param name what the tables call it
 * @param needs a file without which it cannot run
 * @param command its command line; {@code {port}} stands for the port, {@code {data}} for an empty
 *     directory
 * @param jvm whether it runs on a JVM
 * @param nodes how many of it form one cluster, 1 or 2
 * @param protocol how it is asked to keep a text
 */
record Candidate(
    String name, Path needs, List<String> command, boolean jvm, int nodes, Protocol protocol) {
  private static final Path JAR = Path.of("target/stentor.jar");
  private static final Path PEERS = Path.of("target/bench/peers");
  private static final Path NODE = Path.of("src/bench/peers/node");

  private Candidate(String name, Path needs, List<String> command, boolean jvm, int nodes) {
    this(name, needs, command, jvm, nodes, Protocol.WEB);
  }

  boolean available() {
    return Files.exists(needs);
  }

  /** Stentor with one event loop and overlays of {@code src/bench/conf}. */
  static Candidate stentor(BenchOptions options, String... overlays) {
    return stentor(options, 1, overlays);
  }

  /** The same with a data directory. */
  static Candidate durable(BenchOptions options, String... overlays) {
    Candidate memory = stentor(options, overlays);
    List<String> command = new ArrayList<>(memory.command());
    command.addAll(List.of("--data-dir", "{data}"));
    return new Candidate("Stentor", JAR, command, true, 1);
  }

  /** The same with publishers that speak the Centrifuge protocol. */
  static Candidate durable(BenchOptions options, Protocol protocol, String... overlays) {
    List<String> command = durable(options, overlays).command();
    return new Candidate("Stentor", JAR, command, true, 1, protocol);
  }

  /** Redis that writes each command into its log; {@code fsync} is "always" or "everysec". */
  static Candidate redis(String fsync) {
    Path redis = Path.of("/usr/bin/redis-server");
    String command = redis + " --bind 127.0.0.1 --port {port} --dir {data} --save";
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of("", "--appendonly", "yes", "--appendfsync", fsync));
    return new Candidate("Redis", redis, words, false, 1, Protocol.REDIS);
  }

  /** PostgreSQL as Debian configures it, with a table of messages. */
  static Candidate postgres() {
    List<String> command = List.of("sh", "src/bench/peers/postgres.sh", "{port}", "{data}");
    Path needs = Path.of("/usr/lib/postgresql");
    return new Candidate("PostgreSQL", needs, command, false, 1, Protocol.POSTGRES);
  }

  /** Two nodes of Stentor in one cluster, with further configurations over it. */
  static Candidate cluster(BenchOptions options, String... overlays) {
    List<String> all = new ArrayList<>(List.of("cluster"));
    all.addAll(List.of(overlays));
    return stentor(options, 2, all.toArray(String[]::new));
  }

  /** The Vert.x server that one writes first. */
  static Candidate naive(BenchOptions options) {
    String classPath = JAR + java.io.File.pathSeparator + PEERS;
    List<String> command = java(options, "-cp", classPath, "NaiveVertx", "{port}");
    return new Candidate("naive Vert.x", PEERS.resolve("NaiveVertx.class"), command, true, 1);
  }

  static Candidate ws() {
    return node("ws", "ws");
  }

  static Candidate tutorial() {
    return node("nodejs-websocket", "tutorial");
  }

  static Candidate bun() {
    Path bun = NODE.resolve("node_modules/.bin/bun");
    List<String> command = List.of(bun.toString(), NODE.resolve("bun.js").toString(), "{port}");
    return new Candidate("Bun", bun, command, false, 1);
  }

  /** Bare C; {@code mode} is "write" or "coalesce". */
  static Candidate bare(String mode) {
    Path bare = PEERS.resolve("bare");
    List<String> command = List.of(bare.toString(), "{port}", mode);
    return new Candidate("bare C, " + mode, bare, command, false, 1);
  }

  private static Candidate stentor(BenchOptions options, int nodes, String... overlays) {
    List<String> command = java(options, "-jar", JAR.toString(), "--conf", conf("one-loop"));
    for (String overlay : overlays) {
      command.addAll(List.of("--conf", conf(overlay)));
    }
    command.addAll(List.of("--port", "{port}"));
    return new Candidate("Stentor", JAR, command, true, nodes);
  }

  private static Candidate node(String name, String script) {
    List<String> command = List.of("node", NODE.resolve(script + ".js").toString(), "{port}");
    return new Candidate(name, NODE.resolve("node_modules").resolve(name), command, false, 1);
  }

  private static List<String> java(BenchOptions options, String... args) {
    List<String> command = new ArrayList<>(List.of(options.java()));
    command.addAll(options.javaFlags());
    command.addAll(List.of(args));
    return command;
  }

  private static String conf(String name) {
    return "src/bench/conf/" + name + ".json";
  }
}
