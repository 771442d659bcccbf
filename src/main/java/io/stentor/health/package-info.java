/**
 * Whether a node is alive and ready: the checks behind {@code /health/live} and {@code
 * /health/ready}.
 */
@NullMarked
package io.stentor.health;

import org.jspecify.annotations.NullMarked;
