package io.stentor.bench;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one run of the load generator does, from its command line. Immutable. */
final class LoadOptions {
  /** How messages are sent. */
  enum Mode {
    /** A fixed number a second over all publishers, however slow the server is. */
    RATE,
    /** Each publisher keeps a number of messages under way and sends one for each that returns. */
    CLOSED,
    /** None. */
    IDLE,
    /** Each connection publishes by POST, and again when the answer has come; nobody listens. */
    POST
  }

  static final String USAGE =
      """
      java -cp target/bench io.stentor.bench.Load [option value]...
        --url ws://127.0.0.1:9898/rooms/r-%d  where listeners connect; %d is the room's number
        --publish-url URL   publishers connect here and listen nowhere else; without it the first
                            connections of --url publish
        --listen ws|sse|centrifuge|protobuf
                            listeners are WebSockets, or event streams at the url's path and
                            /events, or subscribe by the Centrifuge protocol in JSON or in
                            Protobuf; publishers are WebSockets and listen nowhere
        --filters N         listeners in each room have so many different filters, which all match
        --connections N     listeners; number i joins room i modulo --rooms
        --rooms R           number of rooms
        --publishers P      number of publishers
        --bytes B           payload, at least 40
        --text filler|json  what is in it beside the marker; json: at least 100 bytes
        --deflate yes       WebSockets offer permessage-deflate; bytes are counted compressed
        --mode rate|closed|idle|post
                            post: by HTTP to the url's path and /messages, one request under way
                            on each of --connections; centrifuge://, redis:// and postgres:// in the url ask
                            in that protocol instead
        --delta yes         listeners by the Centrifuge protocol in JSON ask for deltas; one room
        --messages N        post: ends after so many messages, each connection going through all
                            rooms
        --rate M            messages a second over all publishers
        --window W          closed: messages under way per publisher
        --seconds S         measured; before it --warm seconds that are not counted,
                            after connecting --settle seconds of nothing, at the end up to
                            --drain seconds for what is still under way
        --pid PID[,PID]     servers whose CPU time and memory are read
        --gc JCMD           path of jcmd: collect garbage before memory is read
        --base N            so many of the connections come before memory is first read
        --slow K            so many listeners stop reading while the measured time lasts
        --sources N         connect from so many addresses, 127.0.0.1 and following
        --ramp N            handshakes under way at once
        --awake yes         looks for messages without ever sleeping, so that no server's system
                            calls pay for waking the generator; needs a core of its own
        --flood KIND        address, room, posts or connections: somebody who does as much of it as
                            the server lets, and who is not measured
        --label TEXT        repeated in the output
      """;

  final URI url;
  final URI publishUrl;
  final boolean separatePublishers;
  final boolean eventStreams;
  final boolean centrifuge;
  final boolean protobuf;
  final int filters;
  final int connections;
  final int rooms;
  final int publishers;
  final int bytes;
  final boolean json;
  final boolean deflate;
  final boolean delta;
  final long messages;
  final Mode mode;
  final double rate;
  final int window;
  final double seconds;
  final double warm;
  final double settle;
  final double drain;
  final List<Long> pids;
  final String jcmd;
  final int base;
  final int slow;
  final int sources;
  final int ramp;
  final boolean awake;
  final Flood.Kind flood;
  final String label;

  private LoadOptions(Map<String, String> given) {
    Reader in = new Reader(given);
    String listen = in.text("url", "ws://127.0.0.1:9898/rooms/r-%d");
    String publish = in.text("publish-url", "");
    url = uri(listen);
    String listenBy = in.text("listen", "");
    eventStreams = listenBy.equals("sse");
    protobuf = listenBy.equals("protobuf");
    centrifuge = protobuf || listenBy.equals("centrifuge");
    separatePublishers = !publish.isEmpty() || !listenBy.isEmpty();
    publishUrl = publish.isEmpty() ? url : uri(publish);
    filters = (int) in.number("filters", 0);
    connections = (int) in.number("connections", 200);
    rooms = (int) in.number("rooms", 1);
    bytes = (int) in.number("bytes", 64);
    json = in.text("text", "filler").equals("json");
    deflate = in.text("deflate", "no").equals("yes");
    delta = in.text("delta", "no").equals("yes");
    messages = (long) in.number("messages", 0);
    mode = Mode.valueOf(in.text("mode", "rate").toUpperCase(java.util.Locale.ROOT));
    publishers = mode == Mode.IDLE || mode == Mode.POST ? 0 : (int) in.number("publishers", 1);
    rate = in.number("rate", 50);
    window = (int) in.number("window", 4);
    seconds = in.number("seconds", 10);
    warm = in.number("warm", 3);
    settle = in.number("settle", 0.5);
    drain = in.number("drain", 5);
    pids = pids(in.text("pid", ""));
    jcmd = in.text("gc", "");
    base = (int) in.number("base", 0);
    slow = (int) in.number("slow", 0);
    sources = (int) in.number("sources", 1);
    ramp = (int) in.number("ramp", 64);
    awake = in.text("awake", "no").equals("yes");
    flood = Flood.Kind.valueOf(in.text("flood", "none").toUpperCase(java.util.Locale.ROOT));
    label = in.text("label", "");
    check(given);
  }

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException for an unknown option, a missing or a bad value, naming it
   */
  static LoadOptions parse(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException("not an option with its value: " + args[i]);
      }
      given.put(args[i].substring(2), args[i + 1]);
    }
    return new LoadOptions(given);
  }

  /** Publishers and listeners together. */
  int sockets() {
    return separatePublishers ? connections + publishers : connections;
  }

  private void check(Map<String, String> left) {
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("unknown options: " + left.keySet());
    }
    if (delta && (!centrifuge || protobuf || rooms > 1)) {
      throw new IllegalArgumentException("--delta yes needs --listen centrifuge and one room");
    }
    int least = json ? 100 : Marker.LENGTH;
    if (bytes < least) {
      throw new IllegalArgumentException("--bytes must be at least " + least);
    }
    if (publishers > sockets() || slow > connections || rooms < 1 || sources < 1 || rate <= 0) {
      throw new IllegalArgumentException("these numbers do not fit together");
    }
  }

  /* A '%' is not allowed in a URI, so the room's place is kept as an escaped character. */
  private static URI uri(String text) {
    return URI.create(text.replace("%d", "%00"));
  }

  /** The path of {@code target} for one room. */
  static String path(URI target, int room) {
    return target.getRawPath().replace("%00", Integer.toString(room));
  }

  private static List<Long> pids(String text) {
    List<Long> pids = new ArrayList<>();
    for (String pid : text.split(",")) {
      if (!pid.isBlank()) {
        pids.add(Long.valueOf(pid.strip()));
      }
    }
    return List.copyOf(pids);
  }

  /** Takes options out of a map, so that what stays in it is unknown. */
  private record Reader(Map<String, String> given) {
    String text(String name, String otherwise) {
      String value = given.remove(name);
      return value == null ? otherwise : value;
    }

    double number(String name, double otherwise) {
      String value = text(name, "");
      try {
        return value.isEmpty() ? otherwise : Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("--" + name + " is not a number: " + value, e);
      }
    }
  }
}
