package io.stentor.centrifuge;

/** How far a session is. */
enum SessionState {
  /** The client has said nothing yet. */
  NEW,
  /** It is not known yet whether the client may connect. */
  CONNECTING,
  /** The client may not connect now and has to come again. */
  REFUSED,
  /** The client was told that it is connected. */
  CONNECTED,
  /** The transport has ended, or is told to. */
  CLOSED
}
