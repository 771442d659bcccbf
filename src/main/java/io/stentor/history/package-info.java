/** The logs of the rooms: what was said in which order, as far back as each room keeps it. */
@NullMarked
package io.stentor.history;

import org.jspecify.annotations.NullMarked;
