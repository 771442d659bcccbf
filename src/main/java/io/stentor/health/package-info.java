/**
 * Liveness and readiness of a node: the checks behind {@code /health/live} and {@code
 * /health/ready}.
 */
@NullMarked
package io.stentor.health;

import org.jspecify.annotations.NullMarked;
