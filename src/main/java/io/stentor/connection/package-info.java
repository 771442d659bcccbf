/** The connections of a node: counts by transport, and a registry by user. */
@NullMarked
package io.stentor.connection;

import org.jspecify.annotations.NullMarked;
