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
 * What the cluster keeps of who is where, as one node uses it. Any thread; futures complete on any
 * thread; whatever fails may have been done all the same.
 */
interface PresenceStore {

  /**
   * Who this node is to the others now. It is somebody else after the others had lost it: what was
   * said under the old id is forgotten then.
   */
  UUID node();

  /** Whether this is one of the nodes that this node sees, itself included. */
  boolean isNode(UUID node);

  /** Says something of this node's members in a room. */
  Future<MemberChange> announce(RoomName room, Announcement announcement);

  /**
   * How a room is.
   *
   * @param known digest of the members that the asker knows of
   */
  Future<MemberSnapshot> read(RoomName room, long known);

  /**
   * Compares what the register has of this node's members with what the node has.
   *
   * @param digests sum over the node's own members, by room
   * @return the rooms in which they differ
   */
  Future<List<RoomName>> verify(UUID node, Map<RoomName, Long> digests);

  /** A part of the members; see {@link Presence#members}. */
  Future<MembersPage> page(RoomName room, @Nullable Member after, int limit);

  /** How many there are, by room; those that nobody is in are left out. */
  Future<Map<RoomName, RoomStats>> stats(Set<RoomName> rooms);

  /** Names of rooms in order; see {@link Presence#rooms}. */
  Future<List<RoomName>> names(String prefix, @Nullable String after, int limit);

  /**
   * Takes the members of nodes that are gone out of the rooms that are kept on this node.
   *
   * @return what became of each room that had any
   */
  Future<Map<RoomName, MemberChange>> prune();
}
