/** The nouns that every part speaks of. Plain values without behaviour towards the outside. */
@NullMarked
package io.stentor.message;

import org.jspecify.annotations.NullMarked;
