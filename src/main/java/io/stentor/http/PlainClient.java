package io.stentor.http;

import io.stentor.connection.ConnectionRegistry;
import io.stentor.connection.ControllableConnection;
import io.stentor.identity.Expiries;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How servers, clocks and changes of the configuration end a plain connection: who it is, and
 * whether it may stay. One event loop.
 */
public final class PlainClient implements ControllableConnection {

  private final LoopContext server;
  private final Member member;
  private final BooleanSupplier allowed;
  private final Consumer<CloseReason> close;
  private final ConnectionRegistry.Place place = new ConnectionRegistry.Place();
  private final Expiries.@Nullable Term term;

  /**
   * Makes a connection known. To be followed by {@link #recheck}, since the configuration may have
   * changed after the request was admitted.
   *
   * @param member who it is to others
   * @param expiresAt when its token ends, in seconds since 1970; 0 for never
   * @param allowed whether the present configuration allows the connection
   * @param close how it is ended
   */
  public PlainClient(
      LoopContext server,
      Member member,
      long expiresAt,
      BooleanSupplier allowed,
      Consumer<CloseReason> close) {
    this.server = server;
    this.member = member;
    this.allowed = allowed;
    this.close = close;
    this.term = server.expiries().add(expiresAt, () -> close.accept(CloseReason.EXPIRED));
    server.directory().add(this);
  }

  /** The connection is gone. Once more does no harm. */
  public void end() {
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
  public void recheck() {
    if (!allowed.getAsBoolean()) {
      close.accept(CloseReason.MAY_NOT_STAY);
    }
  }

  @Override
  public ConnectionRegistry.Place place() {
    return place;
  }
}
