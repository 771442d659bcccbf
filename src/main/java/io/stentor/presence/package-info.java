/**
 * Presence: the members of each room, on all nodes. Start with {@link
 * io.stentor.presence.Presence}.
 *
 * <pre>
 *  connection                     node A                                       nodes with watchers
 *  Membership ▶ ClusterPresence ▶ OwnMembers ▶ ClusterPresenceStore
 *                                     │          RoomMembers in a Hazelcast map
 *                                     ▼
 *                                 PresenceBus ═════════════▶ WatchedRoom ▶ Watchers ▶ Watcher
 * </pre>
 *
 * <p>A node without a cluster has a {@link io.stentor.presence.LocalPresence} instead.
 */
@NullMarked
package io.stentor.presence;

import org.jspecify.annotations.NullMarked;
