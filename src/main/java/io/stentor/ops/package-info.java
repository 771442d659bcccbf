/** What an operator sees of a node: health, metrics, a line of totals. */
@NullMarked
package io.stentor.ops;

import org.jspecify.annotations.NullMarked;
