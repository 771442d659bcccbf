package io.stentor.http;

import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.config.LiveConfig;
import io.stentor.connection.ConnectionCounts;
import io.stentor.identity.Access;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;

/**
 * What a node serves, the same at each of its servers. Any thread.
 *
 * @param live what is configured at the moment
 * @param rooms where messages go
 * @param presence who is in them
 * @param access who may come in
 * @param connections how many there are
 * @param api what servers may ask
 * @param mailboxes where commands are posted
 */
public record NodeServices(
    LiveConfig live,
    Rooms rooms,
    Presence presence,
    Access access,
    ConnectionCounts connections,
    ServerApi api,
    Mailboxes mailboxes) {}
