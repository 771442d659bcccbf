/**
 * The connections of a node: how many there are by transport, and where to find those of a user.
 */
@NullMarked
package io.stentor.connection;

import org.jspecify.annotations.NullMarked;
