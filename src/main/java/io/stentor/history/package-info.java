/**
 * The logs of the rooms: their publications in order, as far back as each room's configuration
 * keeps them.
 */
@NullMarked
package io.stentor.history;

import org.jspecify.annotations.NullMarked;
