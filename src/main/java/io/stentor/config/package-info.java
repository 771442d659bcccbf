/** The options, and how they are read and validated. May be imported by every package. */
@NullMarked
package io.stentor.config;

import org.jspecify.annotations.NullMarked;
