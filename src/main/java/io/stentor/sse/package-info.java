/** Event streams, and responses that do not end by themselves over HTTP/1 and HTTP/2. */
@NullMarked
package io.stentor.sse;

import org.jspecify.annotations.NullMarked;
