/** The figures that each node publishes for the console. */
@NullMarked
package io.stentor.console;

import org.jspecify.annotations.NullMarked;
