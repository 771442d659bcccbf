/**
 * The Centrifuge client protocol, version 2, in JSON: commands in, replies and pushes out. One
 * {@code Session} per client, one {@code Subscription} per room of a client.
 */
@NullMarked
package io.stentor.centrifuge;

import org.jspecify.annotations.NullMarked;
