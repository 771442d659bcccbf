/** What listens: one HTTP server per event loop, and everything that is mounted on it. */
@NullMarked
package io.stentor.server;

import org.jspecify.annotations.NullMarked;
