/** How much one client, one address, one room and one node may take, and what counts it. */
@NullMarked
package io.stentor.limits;

import org.jspecify.annotations.NullMarked;
