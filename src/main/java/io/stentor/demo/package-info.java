/** A simulated market, for demonstrations: a client of the HTTP API like any other. */
@NullMarked
package io.stentor.demo;

import org.jspecify.annotations.NullMarked;
