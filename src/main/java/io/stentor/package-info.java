/**
 * Stentor: a broadcast server. A message published by one client is delivered to every client in
 * the room, on every node.
 */
@NullMarked
package io.stentor;

import org.jspecify.annotations.NullMarked;
