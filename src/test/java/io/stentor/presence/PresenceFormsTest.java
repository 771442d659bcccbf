package io.stentor.presence;

import io.stentor.cluster.FixedWireVersion;
import io.stentor.cluster.WireVersion;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceBus.ChangeFormat;
import io.stentor.presence.PresenceBus.PresenceMessage;
import io.stentor.presence.PresenceStore.Announcement;
import io.stentor.presence.PresenceStore.MemberChange;
import io.stentor.presence.PresenceStore.MemberSnapshot;
import io.stentor.support.GoldenForms;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The forms of members, and of operations on them, do not change within a version. */
class PresenceFormsTest {
  private static final UUID NODE = new UUID(1, 2);
  private static final Member ANN = new Member("c-1", "Ann", "{\"a\":1}", null);
  private static final Member BOB = new Member("c-2", "Bøb", null, "\"here\"");
  private static final MemberChange CHANGE =
      new MemberChange(3, 4, 5, List.of(ANN, BOB), List.of("c-3"));

  @Test
  void a_form_in_hazelcast_changes_only_with_a_new_version() {
    Announcement announcement = new Announcement(NODE, 2, 1, List.of(ANN, BOB), List.of("c-3"));
    RoomMembers room = new RoomMembers(3);
    room.announce(Announcement.of(NODE, List.of(ANN, BOB), List.of()));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("members", room);
    values.put("member-change", CHANGE);
    values.put("member-snapshot", new MemberSnapshot(3, 4, 5, List.of(ANN)));
    values.put("members-page", new MembersPage(List.of(ANN), true));
    values.put("room-stats", new RoomStats(new RoomName("lobby"), 3, 2));
    values.put("announce", new ClusterPresenceStore.AnnounceProcessor(announcement, 9));
    values.put("prune", new ClusterPresenceStore.PruneProcessor(Set.of(NODE)));
    values.put("snapshot-query", new ClusterPresenceStore.SnapshotQuery(5));
    values.put("page-query", new ClusterPresenceStore.PageQuery(ANN, 10));
    values.put("stats-query", new ClusterPresenceStore.StatsQuery());
    values.put(
        "verify-query",
        new ClusterPresenceStore.VerifyQuery(NODE, Map.of(new RoomName("lobby"), 5L)));
    GoldenForms.check(ClusterPresenceStore::configure, values);
  }

  @Test
  void the_form_on_the_bus_changes_only_with_a_new_version() {
    for (int version = WireVersion.OLDEST; version <= WireVersion.NEWEST; version++) {
      ChangeFormat format = new ChangeFormat(FixedWireVersion.of(version));
      GoldenForms.check(
          "presence-message",
          version,
          bytes(format, new PresenceMessage(NODE, CHANGE)),
          bytes -> bytes(format, format.decodeFromWire(0, Buffer.buffer(bytes))));
    }
  }

  private static byte[] bytes(ChangeFormat format, PresenceMessage message) {
    Buffer out = Buffer.buffer();
    format.encodeToWire(out, message);
    return out.getBytes();
  }
}
