/** The life of a node: start, reload of its configuration, drain, and stop. */
@NullMarked
package io.stentor.lifecycle;

import org.jspecify.annotations.NullMarked;
