/**
 * Handling common to all HTTP requests: the contract that they are checked against, authentication,
 * limits and errors.
 */
@NullMarked
package io.stentor.http;

import org.jspecify.annotations.NullMarked;
