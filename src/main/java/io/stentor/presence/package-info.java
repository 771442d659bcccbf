/** Who is in which room, on all nodes. Start with {@link io.stentor.presence.Presence}. */
@NullMarked
package io.stentor.presence;

import org.jspecify.annotations.NullMarked;
