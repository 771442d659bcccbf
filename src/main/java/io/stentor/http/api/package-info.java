/** The HTTP API of rooms and messages: publishing, polling, long polling and lists. */
@NullMarked
package io.stentor.http.api;

import org.jspecify.annotations.NullMarked;
