package io.stentor.protocol.centrifuge;

import io.netty.channel.EventLoop;
import io.stentor.identity.Permissions;
import io.stentor.identity.Tokens;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;

/**
 * What the sessions of one event loop share.
 *
 * @param eventLoop the loop that they all belong to
 * @param rooms of the node
 * @param presence of the node
 * @param permissions what is allowed to whom
 * @param tokens who is believed
 * @param pingIntervalSeconds how often clients are pinged, which they are told; 0 for never
 */
public record Site(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Permissions permissions,
    Tokens tokens,
    int pingIntervalSeconds) {}
