/** Nodes behind the proxies whose configuration is in {@code docs/operations}. */
@NullMarked
package io.stentor.proxy;

import org.jspecify.annotations.NullMarked;
