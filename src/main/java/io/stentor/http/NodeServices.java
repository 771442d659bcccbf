package io.stentor.http;

import io.stentor.config.LiveConfig;
import io.stentor.connection.ConnectionCounts;
import io.stentor.identity.Access;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;

/**
 * The services of a node, shared by its servers. Any thread.
 *
 * @param live the current configuration
 * @param rooms the rooms that messages are published to
 * @param presence the members of the rooms
 * @param access authentication and permissions
 * @param connections counters and registries of the connections
 */
public record NodeServices(
    LiveConfig live, Rooms rooms, Presence presence, Access access, ConnectionCounts connections) {}
