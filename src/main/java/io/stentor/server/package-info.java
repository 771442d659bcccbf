/** The servers: one HTTP server per event loop, and the endpoints mounted on it. */
@NullMarked
package io.stentor.server;

import org.jspecify.annotations.NullMarked;
