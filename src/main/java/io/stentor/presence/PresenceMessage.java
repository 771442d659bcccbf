package io.stentor.presence;

import java.util.UUID;

/**
 * A change as it travels on the bus.
 *
 * @param by the node that says so. While a cluster is split, or as long as a node that was frozen
 *     has not noticed, there are two truths, and each node believes those that it sees
 * @param change what happened
 */
record PresenceMessage(UUID by, MemberChange change) {}
