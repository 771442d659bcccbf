/**
 * JSON as bytes: validating, reading members, and writing without going through {@code String}.
 * Knows nothing else of this product.
 */
@NullMarked
package io.stentor.json;

import org.jspecify.annotations.NullMarked;
