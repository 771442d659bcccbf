package io.stentor.presence;

import io.stentor.message.Member;
import java.util.List;
import java.util.UUID;

/**
 * What a node says of its own members in a room. It says how things are, not what happened, so that
 * saying it twice does no harm.
 *
 * @param node whose members these are
 * @param parts into how many parts the node's members are divided; 0 where nothing is said of a
 *     whole part
 * @param part of this part {@code present} is everybody: whoever else the node had there has left
 * @param present who is there
 * @param absent connections that are not there
 */
record Announcement(UUID node, int parts, int part, List<Member> present, List<String> absent) {

  /** Some who came and some who went. */
  static Announcement of(UUID node, List<Member> present, List<String> absent) {
    return new Announcement(node, 0, 0, present, absent);
  }

  /** Everybody in one part of the node's members. */
  static Announcement whole(UUID node, int parts, int part, List<Member> present) {
    return new Announcement(node, parts, part, present, List.of());
  }
}
