package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.room.Rooms;

/**
 * What the connections of one server verticle share.
 *
 * @param eventLoop the loop that they all belong to
 * @param rooms of the node
 * @param heartbeat of this loop
 * @param connections of the node
 */
record ServerLoop(EventLoop eventLoop, Rooms rooms, Heartbeat heartbeat, Connections connections) {}
