/** What is said over a connection once it is open. Knows rooms; knows nothing of sockets. */
@NullMarked
package io.stentor.protocol;

import org.jspecify.annotations.NullMarked;
