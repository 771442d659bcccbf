package io.stentor.history.cluster;

import io.stentor.config.RoomOptions.Durability;
import io.stentor.config.RoomOptions.History;
import io.stentor.history.Appended;
import io.stentor.history.Appended.Answer;
import io.stentor.history.Batch;
import io.stentor.history.LogStep;
import io.stentor.history.RoomLog;
import io.stentor.history.cluster.JournalReports.Message;
import io.stentor.history.cluster.JournalReports.Report;
import io.stentor.history.cluster.JournalReports.Waiter;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.support.GoldenForms;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The forms of logs and of operations on them do not change within a version. */
class LogFormsTest {
  private static final long NOW = 1_000_000;
  private static final History LIMITS = new History(100, 100_000, 300);
  private static final Member ANN = new Member("c-1", "Ann", "{\"a\":1}", null);

  private static final Attributes ATTRIBUTES =
      Attributes.decoded(new byte[] {99, 0, 0, 0, 2, 7, 8}) // of a newer version
          .withEvent("moved")
          .withTags(Map.of("kind", "trade", "symbol", "ACME"))
          .withExclude("c-1")
          .withVersion(-1, "e2");

  private static Publication publication(Kind kind, String data, String key, Member from) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return Publication.stored(kind, bytes, 1_700_000_000_000L, key, from, Attributes.NONE);
  }

  private static List<Publication> publications() {
    return List.of(
        publication(Kind.TEXT, "héllo", null, null),
        publication(Kind.JSON, "{\"n\":1}", "key-1", ANN),
        publication(Kind.BINARY, "\u0000\u0001", null, null).with(ATTRIBUTES));
  }

  private static RoomLog log() {
    RoomLog log = new RoomLog(7);
    log.append(new Batch(11, 1, publications()), NOW - 5000, LIMITS);
    log.enter(1, 3, 0, true);
    log.confirm(new Position(7, 2));
    log.enter(2, 4, 8, true);
    log.append(new Batch(12, 5, publications().subList(0, 2)), NOW - 1000, LIMITS);
    return log;
  }

  @Test
  void a_form_changes_only_with_a_new_version() {
    RoomLog log = log();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("log", log);
    values.put("log-empty", new RoomLog(9));
    values.put("page", log.read(new Position(8, 1), 10, 1000, NOW, LIMITS));
    values.put("appended", new Appended(7, 4, Map.of(1, 2L), Set.of(1), Set.of(1), Set.of(3)));
    values.put("append", new LogOperations.Append(new Batch(11, 4, publications()), LIMITS));
    values.put(
        "read",
        new LogOperations.Read(new Position(7, 1), new Position(7, 2), true, 100, 1000, LIMITS));
    values.put("remove", new LogOperations.RemoveAll(LIMITS));
    values.put("confirm", new LogOperations.Confirm(new Position(7, 3)));
    values.put("complete", new LogProcessor.Complete(new Position(7, 3)));
    Map<Long, Answer> answers = Map.of(11L, new Answer(1, 3, new Appended(7, 1, Map.of())));
    values.put(
        "replicate",
        new LogProcessor.Replicate(
            new LogStep(
                log.branch(),
                2,
                4,
                3,
                Durability.SYNCED,
                1,
                2,
                log.entries().stream().skip(1).toList(),
                answers,
                log.lastVersion(),
                NOW,
                360),
            new Waiter(new UUID(1, 2), 5)));
    values.put("expire", new UnusedLogs.Expire());
    values.put("names", new ClusterLists.NamesTask("ro", "room", 10));
    values.put("summaries", new ClusterLists.SummariesTask(new String[] {"a", "b"}));
    GoldenForms.check(config -> WireTypes.register(config, () -> NOW), values);
    Map<String, Object> sinceJournals = new LinkedHashMap<>();
    sinceJournals.put(
        "journal-reports",
        new Message(List.of(new Report(5, true, new UUID(1, 2), new UUID(3, 4), false))));
    sinceJournals.put("offer", new RestoredLogs.Offer(log));
    sinceJournals.put("restore", new RestoredLogs.Restore(log, true));
    GoldenForms.check(config -> WireTypes.register(config, () -> NOW), sinceJournals, 3);
  }
}
