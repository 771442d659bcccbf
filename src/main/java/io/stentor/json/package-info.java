/** JSON as bytes: validating, reading members, and writing without going through {@code String}. */
@NullMarked
package io.stentor.json;

import org.jspecify.annotations.NullMarked;
