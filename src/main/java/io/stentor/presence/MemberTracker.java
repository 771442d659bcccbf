package io.stentor.presence;

import io.stentor.message.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whom the watchers of one room believe to be there: plain data. Every event is a difference
 * between this and what is, so whoever was told to have come is told to have left exactly once.
 */
final class MemberTracker {

  /*
   * Somebody whom a reading does not find is doubted first, and told to have left only if a later
   * reading does not find it either: while a split cluster becomes whole, nodes say their members
   * anew, and nobody has left for that. This node's own members stay doubted as long as they are
   * connected, whatever the others think of this node.
   */

  /** What watchers have to be told. */
  record Events(List<Member> joined, List<Member> left) {
    Events() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Predicate<String> own;
  private final Map<String, Member> told = new HashMap<>();

  /** Who was told and is doubted; true once another reading may decide. */
  private final Map<String, Boolean> doubted = new HashMap<>();

  /** Those who are doubted and were not when {@link #takeFreshDoubts} was called last. */
  private List<String> freshDoubts = new ArrayList<>();

  private long digest;
  private @Nullable List<Member> snapshot;

  /**
   * Nobody is there.
   *
   * @param own whether a connection is one of this node and in the room
   */
  MemberTracker(Predicate<String> own) {
    this.own = own;
  }

  /** Sum over those who were told and are not doubted. */
  long digest() {
    return digest;
  }

  boolean hasDoubts() {
    return !doubted.isEmpty();
  }

  /** Everybody who was told. */
  List<Member> snapshot() {
    List<Member> members = snapshot;
    if (members == null) {
      members = List.copyOf(told.values());
      snapshot = members;
    }
    return members;
  }

  /** Takes a change. */
  Events take(MemberChange change) {
    Events events = new Events();
    for (String connection : change.left()) {
      Member member = told.get(connection);
      if (member != null && own.test(connection)) {
        doubt(member);
      } else if (member != null) {
        forget(member, events);
      }
    }
    change.joined().forEach(member -> know(member, events));
    return events;
  }

  /**
   * Takes a reading.
   *
   * @param members who is there; null for those who were told and are not doubted
   */
  Events take(@Nullable Collection<Member> members) {
    Events events = new Events();
    if (members != null) {
      Set<String> found = new HashSet<>();
      for (Member member : members) {
        found.add(member.connection());
        know(member, events);
      }
      for (Member member : told.values()) {
        if (!found.contains(member.connection())) {
          doubt(member);
        }
      }
    }
    for (Map.Entry<String, Boolean> doubt : List.copyOf(doubted.entrySet())) {
      Member member = told.get(doubt.getKey());
      if (member != null && doubt.getValue() && !own.test(doubt.getKey())) {
        forget(member, events);
      }
    }
    return events;
  }

  /** Who is doubted since the last call; to be given to {@link #ripen} after a while. */
  List<String> takeFreshDoubts() {
    List<String> fresh = freshDoubts;
    if (!fresh.isEmpty()) {
      freshDoubts = new ArrayList<>();
    }
    return fresh;
  }

  /** The next reading that does not find them decides. */
  void ripen(List<String> connections) {
    connections.forEach(one -> doubted.computeIfPresent(one, (connection, ripe) -> true));
  }

  private void know(Member member, Events events) {
    Member before = told.put(member.connection(), member);
    if (before == null) {
      events.joined.add(member);
    } else if (doubted.remove(member.connection()) == null) {
      digest -= Digest.of(before);
    }
    digest += Digest.of(member);
    snapshot = null;
  }

  private void forget(Member member, Events events) {
    told.remove(member.connection());
    if (doubted.remove(member.connection()) == null) {
      digest -= Digest.of(member);
    }
    events.left.add(member);
    snapshot = null;
  }

  private void doubt(Member member) {
    if (doubted.putIfAbsent(member.connection(), false) == null) {
      digest -= Digest.of(member);
      freshDoubts.add(member.connection());
    }
  }
}
