/**
 * The cluster: how nodes find each other, see each other join and leave, call each other, and
 * exchange types.
 */
@NullMarked
package io.stentor.cluster;

import org.jspecify.annotations.NullMarked;
