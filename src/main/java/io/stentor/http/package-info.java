/**
 * What every HTTP request passes: the contract that it is checked against, authentication, limits,
 * and the errors that are returned.
 */
@NullMarked
package io.stentor.http;

import org.jspecify.annotations.NullMarked;
