/** What clients speak to: HTTP and WebSocket endpoints, static files, answers to errors. */
@NullMarked
package io.stentor.transport;

import org.jspecify.annotations.NullMarked;
