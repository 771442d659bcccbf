/** The pages in a real browser. */
@NullMarked
package io.stentor.page;

import org.jspecify.annotations.NullMarked;
