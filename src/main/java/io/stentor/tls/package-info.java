/** Certificates for TLS. */
@NullMarked
package io.stentor.tls;

import org.jspecify.annotations.NullMarked;
