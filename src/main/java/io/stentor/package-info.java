/** Stentor: what comes in on one socket goes out to everyone in the room, on every node. */
@NullMarked
package io.stentor;

import org.jspecify.annotations.NullMarked;
