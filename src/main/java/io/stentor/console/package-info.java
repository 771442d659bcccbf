/** What a node publishes about itself for the console. */
@NullMarked
package io.stentor.console;

import org.jspecify.annotations.NullMarked;
