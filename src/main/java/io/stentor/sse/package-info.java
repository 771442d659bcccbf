/** Event streams, and open-ended responses over HTTP/1 and HTTP/2. */
@NullMarked
package io.stentor.sse;

import org.jspecify.annotations.NullMarked;
