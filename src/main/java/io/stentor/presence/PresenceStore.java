package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's record of all members, as one node uses it. Any thread; futures complete on any
 * thread. A failed call may still have taken effect.
 */
interface PresenceStore {

  /**
   * A node's report on its own members in a room. It states who is present, not who came and went,
   * so it may be repeated.
   *
   * @param node the node that reports
   * @param parts number of parts that the node's members are divided into; 0 if the report covers
   *     no part as a whole
   * @param part the part that {@code present} lists completely: every other member that the node
   *     had in it has left
   * @param present members in the room
   * @param absent connections that are not in the room
   */
  record Announcement(UUID node, int parts, int part, List<Member> present, List<String> absent) {

    /** Creates a report on some of the node's connections. */
    static Announcement of(UUID node, List<Member> present, List<String> absent) {
      return new Announcement(node, 0, 0, present, absent);
    }

    /** Creates a report on all of the node's members in one part. */
    static Announcement whole(UUID node, int parts, int part, List<Member> present) {
      return new Announcement(node, parts, part, present, List.of());
    }
  }

  /**
   * The result of one change of a room's members.
   *
   * @param epoch identifies the record of the room, which exists while the room has members
   * @param version number of changes in this epoch, including this one
   * @param digest {@link MemberDigest} of all members after the change
   * @param joined members that are new or have new details
   * @param left connections that are no longer in the room
   */
  record MemberChange(
      long epoch, long version, long digest, List<Member> joined, List<String> left) {

    /** Returns whether nothing changed; the version is then that of the last change. */
    boolean isEmpty() {
      return joined.isEmpty() && left.isEmpty();
    }
  }

  /**
   * The state of a room at one moment.
   *
   * @param epoch see {@link MemberChange}; 0 if the room has no members
   * @param version see {@link MemberChange}
   * @param digest {@link MemberDigest} of all members
   * @param members all members; null if the reader already had this digest
   */
  record MemberSnapshot(long epoch, long version, long digest, @Nullable List<Member> members) {
    static final MemberSnapshot EMPTY = new MemberSnapshot(0, 0, 0, List.of());
  }

  /**
   * This node's present id. It changes when the other nodes had lost this one; they then drop what
   * it announced under the old id.
   */
  UUID node();

  /** Returns whether this node sees the given node; it sees itself. */
  boolean isNode(UUID node);

  /** Updates this node's members in a room. */
  Future<MemberChange> announce(RoomName room, Announcement announcement);

  /**
   * Reads a room.
   *
   * @param knownDigest digest of the members that the reader knows
   */
  Future<MemberSnapshot> read(RoomName room, long knownDigest);

  /**
   * Compares the members that are stored for this node with those that the node has.
   *
   * @param digests digest of the node's members, by room
   * @return the rooms in which they differ
   */
  Future<List<RoomName>> verify(UUID node, Map<RoomName, Long> digests);

  /** Reads a page of members; see {@link Presence#members}. */
  Future<MembersPage> page(RoomName room, @Nullable Member after, int limit);

  /** Counts members by room. Leaves out rooms without members. */
  Future<Map<RoomName, RoomStats>> stats(Set<RoomName> rooms);

  /** Lists names of rooms in order; see {@link Presence#rooms}. */
  Future<List<RoomName>> names(String prefix, @Nullable String after, int limit);

  /**
   * Removes the members of nodes that have left the cluster from the rooms stored on this node.
   *
   * @return the changes, by room
   */
  Future<Map<RoomName, MemberChange>> prune();
}
