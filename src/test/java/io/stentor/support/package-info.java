/**
 * What tests stand on: the fat jar as real processes, clients with verbs, and raw sockets that send
 * what no well-behaved client would.
 */
@NullMarked
package io.stentor.support;

import org.jspecify.annotations.NullMarked;
