package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is in one room, by node: plain data, changed by one thread at a time. What it has of a node
 * is what that node said last.
 */
final class RoomMembers {

  /*
   * A node that lost the others and came back has another id, and for a moment a connection may be
   * with the old and the new one. It is one member all the same: that of the first section that has
   * it, and `digest` counts it once.
   */

  /** The members of one node. */
  private static final class Section {
    private final UUID node;
    private final Map<String, Member> members = new HashMap<>(2);
    private long digest;

    Section(UUID node) {
      this.node = node;
    }
  }

  private final long epoch;
  private final List<Section> sections = new ArrayList<>(1);
  private long version;
  private long digest;
  private @Nullable RoomStats stats;

  /** Nobody is there yet. */
  RoomMembers(long epoch) {
    this(epoch, 0);
  }

  /** As it was written; the members come by {@link #restore}. */
  RoomMembers(long epoch, long version) {
    this.epoch = epoch;
    this.version = version;
  }

  long epoch() {
    return epoch;
  }

  long version() {
    return version;
  }

  boolean isEmpty() {
    return sections.isEmpty();
  }

  /** Everybody, each once. */
  Collection<Member> members() {
    if (sections.size() == 1) {
      return sections.get(0).members.values();
    }
    Map<String, Member> all = new HashMap<>();
    for (Section section : sections) {
      section.members.forEach(all::putIfAbsent);
    }
    return all.values();
  }

  /** The members of each node. */
  Map<UUID, Collection<Member>> byNode() {
    Map<UUID, Collection<Member>> all = new HashMap<>();
    for (Section section : sections) {
      all.put(section.node, section.members.values());
    }
    return all;
  }

  /** Sum over the members of one node; 0 where it has none. */
  long digestOf(UUID node) {
    Section section = section(node);
    return section == null ? 0 : section.digest;
  }

  /** How the room is, with the members where the asker's digest is another one. */
  MemberSnapshot standing(long known) {
    return new MemberSnapshot(
        epoch, version, digest, known == digest ? null : new ArrayList<>(members()));
  }

  /** How many there are; counted once for each version. */
  RoomStats stats(RoomName room) {
    RoomStats counted = stats;
    if (counted == null) {
      counted = RoomStats.of(room, members());
      stats = counted;
    }
    return counted;
  }

  /** Takes members of a node as they were written, without a change. */
  void restore(UUID node, List<Member> members) {
    Section section = new Section(node);
    sections.add(section);
    members.forEach(member -> set(section, member.connection(), member, new Tally()));
  }

  /** Takes what a node says of its members. */
  MemberChange announce(Announcement said) {
    Tally tally = new Tally();
    Section present = section(said.node());
    Section section = present != null ? present : new Section(said.node());
    if (present == null) {
      sections.add(section);
    }
    for (String connection : said.absent()) {
      set(section, connection, null, tally);
    }
    for (String connection : unsaid(section, said)) {
      set(section, connection, null, tally);
    }
    for (Member member : said.present()) {
      set(section, member.connection(), member, tally);
    }
    return ended(tally);
  }

  /** Members of the section that are in the part that was said whole, and were not said. */
  private static List<String> unsaid(Section section, Announcement said) {
    if (said.parts() == 0) {
      return List.of();
    }
    Set<String> kept = new HashSet<>();
    said.present().forEach(member -> kept.add(member.connection()));
    List<String> unsaid = new ArrayList<>();
    for (String connection : section.members.keySet()) {
      if (Digest.part(connection, said.parts()) == said.part() && !kept.contains(connection)) {
        unsaid.add(connection);
      }
    }
    return unsaid;
  }

  /** Takes out the members of all nodes but these. */
  MemberChange keepOnly(Set<UUID> alive) {
    Tally tally = new Tally();
    for (Section section : sections) {
      if (!alive.contains(section.node)) {
        List.copyOf(section.members.keySet()).forEach(one -> set(section, one, null, tally));
      }
    }
    return ended(tally);
  }

  /** Whether {@link #keepOnly} would find something to do. */
  boolean hasOthersThan(Set<UUID> alive) {
    return sections.stream().anyMatch(section -> !alive.contains(section.node));
  }

  private @Nullable Section section(UUID node) {
    for (Section section : sections) {
      if (section.node.equals(node)) {
        return section;
      }
    }
    return null;
  }

  private @Nullable Member effective(String connection) {
    for (Section section : sections) {
      Member member = section.members.get(connection);
      if (member != null) {
        return member;
      }
    }
    return null;
  }

  private void set(Section section, String connection, @Nullable Member to, Tally tally) {
    Member before = effective(connection);
    Member replaced =
        to == null ? section.members.remove(connection) : section.members.put(connection, to);
    section.digest += digest(to) - digest(replaced);
    Member after = effective(connection);
    if (!Objects.equals(before, after)) {
      digest += digest(after) - digest(before);
      if (after == null) {
        tally.left.add(connection);
      } else {
        tally.joined.add(after);
      }
    }
  }

  private static long digest(@Nullable Member member) {
    return member == null ? 0 : Digest.of(member);
  }

  private MemberChange ended(Tally tally) {
    sections.removeIf(section -> section.members.isEmpty());
    if (!tally.joined.isEmpty() || !tally.left.isEmpty()) {
      version++;
      stats = null;
    }
    return new MemberChange(epoch, version, digest, tally.joined, tally.left);
  }

  /** What became of one step. */
  private static final class Tally {
    private final List<Member> joined = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
  }
}
