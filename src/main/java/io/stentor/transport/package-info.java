/** Sockets, HTTP and files: how clients reach the rooms. */
@NullMarked
package io.stentor.transport;

import org.jspecify.annotations.NullMarked;
