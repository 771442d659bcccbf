/**
 * Limits per client, address and room: rates, numbers of connections, deadlines of requests, and
 * the guard of each accepted connection.
 */
@NullMarked
package io.stentor.admission;

import org.jspecify.annotations.NullMarked;
