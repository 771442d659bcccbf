/** Domain values that all packages share. Plain immutable values without I/O. */
@NullMarked
package io.stentor.message;

import org.jspecify.annotations.NullMarked;
