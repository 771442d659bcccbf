package io.stentor.admission;

import org.jspecify.annotations.Nullable;

/** The place of one connection, or of one request behind a proxy; to be given back. Any thread. */
public final class Ticket {
  private final @Nullable Usage usage;
  private final @Nullable Limit refusedBy;
  private final boolean cut;
  private final Runnable giveBack;
  private boolean given;

  Ticket(@Nullable Usage usage, @Nullable Limit refusedBy, boolean cut, Runnable giveBack) {
    this.usage = usage;
    this.refusedBy = refusedBy;
    this.cut = cut;
    this.giveBack = giveBack;
  }

  /** What its source uses; null where it is not known, or is trusted. */
  public @Nullable Usage usage() {
    return usage;
  }

  /** The limit that leaves no place; null where there is one. */
  public @Nullable Limit refusedBy() {
    return refusedBy;
  }

  /** Whether so many are refused that this one is not even told. */
  public boolean isCut() {
    return cut;
  }

  /** The connection has ended. May be called twice. */
  public synchronized void giveBack() {
    if (!given) {
      given = true;
      giveBack.run();
    }
  }
}
