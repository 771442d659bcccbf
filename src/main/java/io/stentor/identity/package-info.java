/** Who a client is, and what that allows; one rule for every transport. */
@NullMarked
package io.stentor.identity;

import org.jspecify.annotations.NullMarked;
