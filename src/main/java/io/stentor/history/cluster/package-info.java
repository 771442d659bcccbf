/**
 * The logs of a cluster: each is on the node that owns it, has a copy on another node, and is in
 * the journals of both if they have data directories. {@code ClusterHistory} is the entrance; what
 * a log is, is in {@code io.stentor.history}.
 */
@NullMarked
package io.stentor.history.cluster;

import org.jspecify.annotations.NullMarked;
