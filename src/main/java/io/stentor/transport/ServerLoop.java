package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.presence.Presence;
import io.stentor.protocol.centrifuge.Site;
import io.stentor.room.Rooms;
import java.util.function.IntSupplier;

/**
 * What the connections of one server verticle share.
 *
 * @param eventLoop the loop that they all belong to
 * @param rooms of the node
 * @param presence of the node
 * @param heartbeat of this loop
 * @param expiries of this loop
 * @param connections of the node
 * @param closeTimeoutSeconds after which a socket that is being closed is cut
 * @param site what sessions of the Centrifuge protocol share
 * @param maxFrameBytes limit of one message with commands of the Centrifuge protocol
 */
record ServerLoop(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Heartbeat heartbeat,
    Expiries expiries,
    Connections connections,
    int closeTimeoutSeconds,
    Site site,
    IntSupplier maxFrameBytes) {}
