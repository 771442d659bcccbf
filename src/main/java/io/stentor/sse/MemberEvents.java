package io.stentor.sse;

import io.stentor.http.api.MemberJson;
import io.stentor.message.Member;
import io.stentor.presence.Watcher;
import java.util.List;

/**
 * Tells one event stream who is in its room: {@code event: members} with everybody, then {@code
 * join} and {@code leave}. A stream that is full is told everybody afresh later.
 */
final class MemberEvents implements Watcher {

  private final SseConnection connection;

  MemberEvents(SseConnection connection) {
    this.connection = connection;
  }

  @Override
  public boolean present(List<Member> members) {
    return connection.tell("members", MemberJson.of(members));
  }

  @Override
  public boolean joined(Member member) {
    return connection.tell("join", MemberJson.of(member));
  }

  @Override
  public boolean left(Member member) {
    return connection.tell("leave", MemberJson.of(member));
  }
}
