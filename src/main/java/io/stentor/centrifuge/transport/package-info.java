/**
 * The transports of the Centrifuge protocol: WebSocket, HTTP streaming, server-sent events, and
 * posted commands.
 */
@NullMarked
package io.stentor.centrifuge.transport;

import org.jspecify.annotations.NullMarked;
