package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceStore.Announcement;
import io.stentor.presence.PresenceStore.MemberChange;
import io.stentor.presence.PresenceStore.MemberSnapshot;
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
 * The stored members of one room, by the node that announced them. Plain data, used by one thread
 * at a time.
 */
final class RoomMembers {

  /*
   * A node that lost the others and came back has another id, and for a moment a connection may be
   * in the sections of both ids. It counts as one member, that of the first section that has it,
   * and `digest` includes it once.
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

  /** Collects the effects of one change. */
  private record Effects(List<Member> joined, List<String> left) {
    Effects() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final long epoch;
  private final List<Section> sections = new ArrayList<>(1);
  private long version;
  private long digest;
  private @Nullable RoomStats stats;

  /** Creates an empty record. */
  RoomMembers(long epoch) {
    this(epoch, 0);
  }

  /** Creates a record as it was stored; {@link #restore} adds its members. */
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

  /** Returns all members, each connection once. */
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

  Map<UUID, Collection<Member>> byNode() {
    Map<UUID, Collection<Member>> all = new HashMap<>();
    for (Section section : sections) {
      all.put(section.node, section.members.values());
    }
    return all;
  }

  /** Returns the {@link MemberDigest} of one node's members; 0 if it has none. */
  long digestOf(UUID node) {
    Section section = section(node);
    return section == null ? 0 : section.digest;
  }

  /** Returns the present state; without the members if the reader's digest is the same. */
  MemberSnapshot snapshot(long knownDigest) {
    return new MemberSnapshot(
        epoch, version, digest, knownDigest == digest ? null : new ArrayList<>(members()));
  }

  /** Counts the members, once for each version. */
  RoomStats stats(RoomName room) {
    RoomStats counted = stats;
    if (counted == null) {
      counted = RoomStats.of(room, members());
      stats = counted;
    }
    return counted;
  }

  /** Adds stored members of a node. Does not change the version. */
  void restore(UUID node, List<Member> members) {
    Section section = new Section(node);
    sections.add(section);
    members.forEach(member -> set(section, member.connection(), member, new Effects()));
  }

  /** Applies a node's announcement. */
  MemberChange announce(Announcement announcement) {
    Effects effects = new Effects();
    Section present = section(announcement.node());
    Section section = present != null ? present : new Section(announcement.node());
    if (present == null) {
      sections.add(section);
    }
    for (String connection : announcement.absent()) {
      set(section, connection, null, effects);
    }
    for (String connection : missing(section, announcement)) {
      set(section, connection, null, effects);
    }
    for (Member member : announcement.present()) {
      set(section, member.connection(), member, effects);
    }
    return changed(effects);
  }

  /** Members of the section that belong to the announced part and are not in the announcement. */
  private static List<String> missing(Section section, Announcement announcement) {
    if (announcement.parts() == 0) {
      return List.of();
    }
    Set<String> present = new HashSet<>();
    announcement.present().forEach(member -> present.add(member.connection()));
    List<String> missing = new ArrayList<>();
    for (String connection : section.members.keySet()) {
      if (MemberDigest.part(connection, announcement.parts()) == announcement.part()
          && !present.contains(connection)) {
        missing.add(connection);
      }
    }
    return missing;
  }

  /** Removes the members of all nodes except these. */
  MemberChange retainNodes(Set<UUID> alive) {
    Effects effects = new Effects();
    for (Section section : sections) {
      if (!alive.contains(section.node)) {
        List.copyOf(section.members.keySet()).forEach(one -> set(section, one, null, effects));
      }
    }
    return changed(effects);
  }

  /** Returns whether there are members of nodes other than these. */
  boolean hasOtherNodes(Set<UUID> alive) {
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

  private void set(Section section, String connection, @Nullable Member to, Effects effects) {
    Member before = effective(connection);
    Member replaced =
        to == null ? section.members.remove(connection) : section.members.put(connection, to);
    section.digest += MemberDigest.of(to) - MemberDigest.of(replaced);
    Member after = effective(connection);
    if (!Objects.equals(before, after)) {
      digest += MemberDigest.of(after) - MemberDigest.of(before);
      if (after == null) {
        effects.left.add(connection);
      } else {
        effects.joined.add(after);
      }
    }
  }

  private MemberChange changed(Effects effects) {
    sections.removeIf(section -> section.members.isEmpty());
    if (!effects.joined.isEmpty() || !effects.left.isEmpty()) {
      version++;
      stats = null;
    }
    return new MemberChange(epoch, version, digest, effects.joined, effects.left);
  }
}
