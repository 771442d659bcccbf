/** The metrics of a node, for Prometheus. */
@NullMarked
package io.stentor.metrics;

import org.jspecify.annotations.NullMarked;
