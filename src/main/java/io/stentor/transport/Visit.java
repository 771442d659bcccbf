package io.stentor.transport;

import io.stentor.control.Controlled;
import io.stentor.control.Directory;
import io.stentor.identity.Expiries;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What servers and clocks know of a plain connection: who it is, and until when its token lets it
 * stay. One event loop.
 */
final class Visit implements Controlled {

  private final ServerLoop server;
  private final Member member;
  private final Consumer<CloseReason> close;
  private final Directory.Place place = new Directory.Place();
  private final Expiries.@Nullable Term term;

  /**
   * Begins.
   *
   * @param member who it is to others
   * @param expiresAt when its token ends, in seconds since 1970; 0 for never
   * @param close how it is ended
   */
  Visit(ServerLoop server, Member member, long expiresAt, Consumer<CloseReason> close) {
    this.server = server;
    this.member = member;
    this.close = close;
    this.term = server.expiries().add(expiresAt, () -> close.accept(CloseReason.EXPIRED));
    server.directory().add(this);
  }

  /** The connection is gone. Once more does no harm. */
  void end() {
    server.directory().remove(this);
    server.expiries().remove(term);
  }

  @Override
  public String user() {
    return member.user();
  }

  @Override
  public String connection() {
    return member.connection();
  }

  @Override
  public void close(CloseReason reason) {
    close.accept(reason);
  }

  @Override
  public Directory.Place place() {
    return place;
  }
}
