/** How log lines look and how they are written. */
@NullMarked
package io.stentor.logging;

import org.jspecify.annotations.NullMarked;
