/**
 * WebSockets: the handshake, frames, the close handshake, and the plain protocol of one room per
 * socket.
 */
@NullMarked
package io.stentor.websocket;

import org.jspecify.annotations.NullMarked;
