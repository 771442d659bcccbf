/**
 * The server API of the Centrifuge protocol: {@code POST /api/<method>} for the applications that
 * own the users.
 */
@NullMarked
package io.stentor.centrifuge.api;

import org.jspecify.annotations.NullMarked;
