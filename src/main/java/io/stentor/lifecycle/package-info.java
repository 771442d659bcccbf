/** The life cycle of a node: startup, configuration reload, drain, and stop. */
@NullMarked
package io.stentor.lifecycle;

import org.jspecify.annotations.NullMarked;
