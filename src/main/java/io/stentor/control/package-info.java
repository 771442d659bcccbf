/**
 * Which connections there are, by user, and how to reach all nodes: for servers that act on both.
 */
@NullMarked
package io.stentor.control;

import org.jspecify.annotations.NullMarked;
