/** Timeouts and periodic tasks of an event loop. */
@NullMarked
package io.stentor.timer;

import org.jspecify.annotations.NullMarked;
