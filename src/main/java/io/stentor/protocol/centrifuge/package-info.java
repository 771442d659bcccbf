/**
 * The Centrifuge client protocol, version 2, in JSON: many rooms on one connection, answers to
 * commands, recovery. Start with {@link io.stentor.protocol.centrifuge.Session}. On the wire a room
 * is a {@code channel}.
 */
@NullMarked
package io.stentor.protocol.centrifuge;

import org.jspecify.annotations.NullMarked;
