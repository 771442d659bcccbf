/** The certificate that a node shows. */
@NullMarked
package io.stentor.tls;

import org.jspecify.annotations.NullMarked;
