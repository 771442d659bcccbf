/** What can be configured, and how it is read and checked. May be imported by every package. */
@NullMarked
package io.stentor.config;

import org.jspecify.annotations.NullMarked;
