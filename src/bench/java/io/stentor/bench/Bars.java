package io.stentor.bench;

import io.stentor.bench.Bar.Case;
import io.stentor.bench.Bar.Check;
import io.stentor.bench.Bar.Column;
import java.util.ArrayList;
import java.util.List;

/** The bars. Server on one core with one event loop, loopback, 64-byte texts, history on. */
final class Bars {
  private static final String STENTOR = "Stentor";
  private static final String NAIVE = "naive Vert.x";
  private static final String BARE = "bare C, write";
  private static final String CPU = "cpu_us_per_delivery";

  private static final Column DELIVERIES = new Column("deliveries/s", "deliveries_per_s", 1, 0);
  private static final Column MESSAGES = new Column("messages/s", "messages_per_s", 1, 0);
  private static final Column CPU_COLUMN = new Column("CPU µs/delivery", CPU, 1, 2);
  private static final Column BYTES = new Column("bytes/delivery", "bytes_per_delivery", 1, 0);
  private static final Column BUSY = new Column("server CPU", "server_cpu", 1, 2);
  private static final Column P50 = new Column("p50 ms", "p50_us", 1000, 2);
  private static final Column P99 = new Column("p99 ms", "p99_us", 1000, 2);
  private static final Column LOST = new Column("lost", "lost", 1, 0);
  private static final Column REPEATED = new Column("repeated", "duplicates", 1, 0);
  private static final Column OTHER_ORDER = new Column("other order", "disagreeing", 1, 0);

  private final BenchOptions options;

  Bars(BenchOptions options) {
    this.options = options;
  }

  List<Bar> all() {
    return List.of(
        saturated(),
        calm(),
        twoNodes(),
        idle(),
        slowListener(),
        manyRooms(),
        coalescing(),
        eventStreams(),
        centrifuge(),
        filters(),
        compression(),
        deltas(),
        posts(),
        flood(),
        durable());
  }

  private Bar saturated() {
    String load = "--connections 200 --publishers 10 --mode closed --window 4" + timed(15, 1);
    return new Bar(
        "bar1",
        "one room of 200, ten publishers in a closed loop",
        List.of(
            new Case(Candidate.stentor(options), load),
            new Case(Candidate.bun(), load),
            new Case(Candidate.naive(options), load),
            new Case(Candidate.tutorial(), load),
            new Case(Candidate.ws(), load),
            new Case(Candidate.bare("coalesce"), load),
            new Case(Candidate.bare("write"), load)),
        List.of(DELIVERIES, CPU_COLUMN, BUSY, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(
            new Check("deliveries/s", "deliveries_per_s", STENTOR, "", true, 4_000_000),
            new Check("deliveries/s over Bun's", "deliveries_per_s", STENTOR, "Bun", true, 1),
            new Check("over naive Vert.x's", "deliveries_per_s", STENTOR, NAIVE, true, 20)));
  }

  private Bar calm() {
    String load =
        "--connections 1000 --publishers 1 --mode rate --rate 50" + awake() + timed(10, 1);
    return new Bar(
        "bar2",
        "one room of 1,000 at 50 messages/s",
        List.of(
            new Case(Candidate.stentor(options), load),
            new Case(Candidate.naive(options), load),
            new Case(Candidate.bare("write"), load),
            new Case(Candidate.bun(), load),
            new Case(Candidate.tutorial(), load),
            new Case(Candidate.ws(), load)),
        List.of(CPU_COLUMN, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(
            new Check("CPU per delivery over naive Vert.x's", CPU, STENTOR, NAIVE, false, 0.85),
            new Check("over bare C's", CPU, STENTOR, BARE, false, 1.2)));
  }

  private Bar twoNodes() {
    String batches = "Stentor, 2 listeners, closed loop";
    String calm = "Stentor, 200 listeners, 1,000 messages/s";
    String gathered = "Stentor, the same with coalesceMillis 2";
    Candidate cluster = Candidate.cluster(options);
    String rate = "--connections 200 --publishers 10 --mode rate --rate 1000" + timed(20, 1);
    String closed = " --publishers 10 --mode closed --window 64" + timed(20, 1);
    return new Bar(
        "bar3",
        "two nodes: publishers on A, listeners on B",
        List.of(
            new Case(batches, cluster, "--connections 2" + closed),
            new Case("Stentor, 200 listeners, closed loop", cluster, "--connections 200" + closed),
            new Case(calm, cluster, rate),
            new Case(gathered, Candidate.cluster(options, "gather"), rate)),
        List.of(MESSAGES, DELIVERIES, BUSY, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(
            new Check("messages/s in batches", "messages_per_s", batches, "", true, 100_000),
            new Check("p99 µs at 1,000 messages/s", "p99_us", calm, "", false, 10_000),
            new Check("p99 µs at 1,000 messages/s", "p99_us", gathered, "", false, 10_000)));
  }

  private Bar durable() {
    String full = "--connections 200 --publishers 10 --mode closed --window 4" + timed(15, 1);
    String calm =
        "--connections 1000 --publishers 1 --mode rate --rate 50" + awake() + timed(10, 1);
    String fill =
        "--mode post --connections 64 --rooms 10000 --bytes 200 --messages 1000000 --warm 0"
            + " --seconds 600";
    List<Case> cases =
        new ArrayList<>(
            List.of(
                new Case("memory, full", Candidate.stentor(options), full),
                new Case("buffered, full", Candidate.durable(options, "buffered"), full),
                new Case("memory, calm", Candidate.stentor(options), calm),
                new Case("buffered, calm", Candidate.durable(options, "buffered"), calm)));
    for (int publishers : List.of(1, 10, 100)) {
      // The JVM compiles for half a minute beside the load, on the same core.
      String load = "--mode post --connections " + publishers + timed(45, 1);
      Candidate protobuf = Candidate.durable(options, Protocol.PROTOBUF, "synced");
      Candidate json = Candidate.durable(options, Protocol.CENTRIFUGE, "synced");
      Candidate posted = Candidate.durable(options, "synced");
      cases.add(new Case("synced, " + publishers, protobuf, load));
      cases.add(new Case("synced in JSON, " + publishers, json, load));
      cases.add(new Case("synced by POST, " + publishers, posted, load));
      cases.add(new Case("Redis, " + publishers, Candidate.redis("always"), load));
      cases.add(new Case("PostgreSQL, " + publishers, Candidate.postgres(), load));
    }
    cases.add(new Case("Stentor again", Candidate.durable(options, "buffered"), fill));
    cases.add(new Case("Redis again", Candidate.redis("everysec"), fill));
    String acknowledged = "requests_per_s";
    return new Bar(
        "durable",
        "bars 1 and 2 with a journal; flushed before each acknowledgement, by 1, 10 and 100"
            + " publishers; a restart with a million messages",
        cases,
        List.of(
            DELIVERIES,
            CPU_COLUMN,
            new Column("acknowledged/s", acknowledged, 1, 0),
            P50,
            P99,
            LOST,
            new Column("ready after ms", "ready_ms", 1, 0),
            new Column("whole process MiB", "rss_connected_kib", 1024, 0)),
        List.of(
            new Check(
                "deliveries/s over memory's",
                "deliveries_per_s",
                "buffered, full",
                "memory, full",
                true,
                0.8),
            new Check(
                "CPU per delivery over memory's",
                CPU,
                "buffered, calm",
                "memory, calm",
                false,
                1.15),
            new Check(
                "acknowledged/s over Redis's", acknowledged, "synced, 100", "Redis, 100", true, 1),
            new Check(
                "acknowledged/s over PostgreSQL's",
                acknowledged,
                "synced, 100",
                "PostgreSQL, 100",
                true,
                1)));
  }

  private Bar idle() {
    String load = "--connections 15000 --base 2000 --rooms 150 --mode idle --settle 2 --sources 4";
    return new Bar(
        "bar4",
        "15,000 idle connections in 150 rooms",
        List.of(
            new Case(Candidate.stentor(options), load),
            new Case(Candidate.naive(options), load),
            new Case(Candidate.bun(), load),
            new Case(Candidate.tutorial(), load),
            new Case(Candidate.ws(), load),
            new Case(Candidate.bare("write"), load)),
        List.of(
            new Column("connections", "connections", 1, 0),
            new Column("KiB/connection (RSS)", "rss_kib_per_connection", 1, 2),
            new Column("KiB/connection (PSS)", "pss_kib_per_connection", 1, 2),
            new Column("whole process MiB", "rss_connected_kib", 1024, 0)),
        List.of(new Check("KiB/connection", "rss_kib_per_connection", STENTOR, "", false, 10)));
  }

  private Bar slowListener() {
    String load = "--connections 200 --publishers 1 --mode rate --rate 200 --bytes 65536";
    String whole = "Stentor, all read";
    String stopped = "Stentor, one stops";
    return new Bar(
        "bar5",
        "one listener of 200 stops reading under 64 KiB messages at 200/s",
        List.of(
            new Case(whole, Candidate.stentor(options), load + timed(8, 1)),
            new Case(stopped, Candidate.stentor(options), load + timed(8, 6) + " --slow 1")),
        List.of(
            new Column("memory growth MiB", "rss_growth_mib", 1, 1),
            new Column("memory at most MiB", "rss_max_kib", 1024, 0),
            CPU_COLUMN,
            P50,
            P99,
            LOST,
            new Column("slow one closed", "slow_closed", 1, 0)),
        List.of(
            new Check("MiB of growth while it stopped", "rss_growth_mib", stopped, "", false, 64),
            new Check(
                "the others' p99 over p99 when all read", "p99_us", stopped, whole, false, 1.25)));
  }

  private Bar manyRooms() {
    String load =
        "--connections 5000 --rooms 1000 --publishers 1000 --mode rate --rate 2000"
            + awake()
            + timed(8, 1);
    return new Bar(
        "bar6",
        "1,000 rooms of 5 at 2,000 messages/s",
        List.of(
            new Case(Candidate.stentor(options), load),
            new Case(Candidate.naive(options), load),
            new Case(Candidate.bun(), load),
            new Case(Candidate.ws(), load),
            new Case(Candidate.bare("write"), load)),
        List.of(CPU_COLUMN, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(new Check("CPU per delivery over naive Vert.x's", CPU, STENTOR, NAIVE, false, 1)));
  }

  private Bar coalescing() {
    String load =
        "--connections 200 --publishers 1 --mode rate --rate 1000" + awake() + timed(8, 1);
    String waiting = "Stentor, coalesceMillis 5";
    return new Bar(
        "bar7",
        "one room of 200 at 1,000 messages/s, coalesceMillis 5",
        List.of(
            new Case(waiting, Candidate.stentor(options, "coalesce"), load),
            new Case(Candidate.stentor(options), load),
            new Case(Candidate.bare("write"), load),
            new Case(Candidate.bun(), load),
            new Case(Candidate.naive(options), load)),
        List.of(CPU_COLUMN, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(new Check("CPU per delivery over bare C's", CPU, waiting, BARE, false, 0.45)));
  }

  private Bar eventStreams() {
    String calm = "--connections 200 --publishers 1 --mode rate --rate 1000" + timed(10, 1);
    String full = "--connections 200 --publishers 10 --mode closed --window 4" + timed(15, 1);
    List<Case> cases =
        List.of(
            new Case("WebSockets", Candidate.stentor(options), calm + " --listen ws"),
            new Case("event streams", Candidate.stentor(options), calm + " --listen sse"),
            new Case("WebSockets, full", Candidate.stentor(options), full + " --listen ws"),
            new Case("event streams, full", Candidate.stentor(options), full + " --listen sse"));
    return new Bar(
        "sse",
        "one room of 200 by event streams and by WebSockets, at 1,000 messages/s and full",
        cases,
        List.of(DELIVERIES, CPU_COLUMN, BUSY, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(
            new Check(
                "CPU per delivery over WebSockets'",
                CPU,
                "event streams",
                "WebSockets",
                false,
                1.2)));
  }

  private Bar centrifuge() {
    String calm = "--connections 200 --publishers 1 --mode rate --rate 1000" + timed(10, 1);
    String full = "--connections 200 --publishers 10 --mode closed --window 4" + timed(15, 1);
    List<Case> cases =
        List.of(
            new Case("plain", Candidate.stentor(options), calm + " --listen ws"),
            new Case("Centrifuge", Candidate.stentor(options), calm + " --listen centrifuge"),
            new Case("Protobuf", Candidate.stentor(options), calm + " --listen protobuf"),
            new Case("plain, full", Candidate.stentor(options), full + " --listen ws"),
            new Case("Centrifuge, full", Candidate.stentor(options), full + " --listen centrifuge"),
            new Case("Protobuf, full", Candidate.stentor(options), full + " --listen protobuf"));
    return new Bar(
        "centrifuge",
        "one room of 200 by the Centrifuge protocol, in JSON and Protobuf, and as plain text, at"
            + " 1,000 messages/s and full",
        cases,
        List.of(DELIVERIES, CPU_COLUMN, BUSY, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(
            new Check(
                "deliveries/s over plain text's",
                "deliveries_per_s",
                "Centrifuge, full",
                "plain, full",
                true,
                0.6),
            new Check("CPU per delivery over plain text's", CPU, "Centrifuge", "plain", false, 1.2),
            new Check(
                "deliveries/s over plain text's",
                "deliveries_per_s",
                "Protobuf, full",
                "plain, full",
                true,
                0.7),
            new Check("CPU per delivery over plain text's", CPU, "Protobuf", "plain", false, 1.2)));
  }

  private Bar filters() {
    String load =
        "--listen ws --connections 1000 --publishers 1 --mode rate --rate 50"
            + awake()
            + timed(10, 1)
            + " --filters ";
    List<Case> cases = new ArrayList<>();
    for (String filters : List.of("0", "1", "10")) {
      cases.add(new Case(filters + " filters", Candidate.stentor(options), load + filters));
    }
    return new Bar(
        "filters",
        "one room of 1,000 at 50 messages/s, whose listeners have none, one or ten filters that"
            + " match",
        cases,
        List.of(CPU_COLUMN, P50, P99, LOST, REPEATED, OTHER_ORDER),
        List.of(
            new Check("CPU per delivery over none", CPU, "10 filters", "0 filters", false, 1.1)));
  }

  private Bar compression() {
    return withAndWithout(
        "compression",
        "one room of 200 at 400 messages/s, JSON, with permessage-deflate and without",
        "--rate 400 --listen ws",
        "compressed",
        " --deflate yes",
        "CPU per delivery over uncompressed");
  }

  private Bar deltas() {
    return withAndWithout(
        "deltas",
        "one room of 200 at 200 messages/s, Centrifuge in JSON, documents of which one member"
            + " changes, with deltas and without",
        "--rate 200 --listen centrifuge",
        "deltas",
        " --delta yes",
        "CPU per delivery over none");
  }

  /**
   * Small and large documents, sent with something that makes them smaller and without it.
   *
   * @param name of the bar, and of the configuration of its server
   * @param load the part of the load that is the same for all cases
   * @param with what the cases with it are called
   * @param option makes the clients ask for it
   * @param check what is checked for both sizes
   */
  private Bar withAndWithout(
      String name, String title, String load, String with, String option, String check) {
    Candidate server = Candidate.stentor(options, name);
    List<Case> cases = new ArrayList<>();
    List<Check> checks = new ArrayList<>();
    for (int bytes : List.of(150, 2048)) {
      String plain = bytes + " bytes";
      String smaller = plain + ", " + with;
      String documents =
          "--connections 200 --publishers 1 --mode rate --text json --bytes "
              + bytes
              + " "
              + load
              + awake()
              + timed(8, 1);
      cases.add(new Case(plain, server, documents));
      cases.add(new Case(smaller, server, documents + option));
      checks.add(new Check(check, CPU, smaller, plain, false, 1.1));
    }
    return new Bar(
        name, title, cases, List.of(BYTES, CPU_COLUMN, P50, P99, LOST, REPEATED), checks);
  }

  private Bar posts() {
    String few = "--connections 8 --mode post" + timed(30, 1);
    String many = "--connections 64 --mode post" + timed(30, 1);
    String cpu = "cpu_us_per_request";
    return new Bar(
        "post",
        "publishing by POST over 8 and 64 kept connections, 64-byte texts into one room",
        List.of(
            new Case("Stentor, 8", Candidate.stentor(options), few),
            new Case("naive Vert.x, 8", Candidate.naive(options), few),
            new Case("Stentor, 64", Candidate.stentor(options), many),
            new Case("naive Vert.x, 64", Candidate.naive(options), many)),
        List.of(
            new Column("requests/s", "requests_per_s", 1, 0),
            new Column("CPU µs/request", cpu, 1, 2),
            BUSY,
            P50,
            P99,
            new Column("refused", "refused", 1, 0)),
        List.of(
            new Check(
                "CPU per request over naive's", cpu, "Stentor, 8", "naive Vert.x, 8", false, 1.5),
            new Check(
                "CPU per request over naive's",
                cpu,
                "Stentor, 64",
                "naive Vert.x, 64",
                false,
                1.5)));
  }

  private Bar flood() {
    String load =
        "--connections 200 --publishers 1 --mode rate --rate 100" + timed(10, 2) + " --flood ";
    String calm = "calm";
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(calm, Candidate.stentor(options, "limits"), load + "none"));
    List<Check> checks = new ArrayList<>();
    for (String kind : List.of("address", "room", "posts", "connections")) {
      String name = "flood: " + kind;
      cases.add(new Case(name, Candidate.stentor(options, "limits"), load + kind));
      checks.add(new Check("p99 over p99 when calm", "p99_us", name, calm, false, 2));
    }
    cases.add(new Case("flood: room, no limits", Candidate.stentor(options), load + "room"));
    return new Bar(
        "flood",
        "one room of 200 at 100 messages/s while others send all they can",
        cases,
        List.of(
            P50,
            P99,
            BUSY,
            LOST,
            new Column("sent by the flood", "flood_sent", 1, 0),
            new Column("of it refused", "flood_refused", 1, 0)),
        checks);
  }

  /** Where CPU is counted at a fixed rate: what a server pays must not depend on who sleeps. */
  private static String awake() {
    return Cores.apart() ? " --awake yes" : "";
  }

  private String timed(int warmSeconds, int times) {
    return " --warm " + warmSeconds + " --seconds " + options.seconds() * times;
  }
}
