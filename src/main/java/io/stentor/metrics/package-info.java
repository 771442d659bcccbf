/** What is measured, in the format of Prometheus. */
@NullMarked
package io.stentor.metrics;

import org.jspecify.annotations.NullMarked;
