package io.stentor.presence;

class LocalPresenceTest extends PresenceContract {
  private final LocalPresence presence = new LocalPresence(PresenceContract::isTracked);

  @Override
  Presence here() {
    return presence;
  }

  @Override
  Presence there() {
    return presence;
  }
}
