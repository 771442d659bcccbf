package io.stentor.config;

/**
 * What holds for every WebSocket.
 *
 * @param pingIntervalSeconds how often a silent peer is pinged; 0 never pings
 * @param pongTimeoutSeconds a peer from which nothing came for this long after a ping is closed
 *     with 3012
 * @param closeTimeoutSeconds how long the peer has to answer a close before the socket is cut
 */
public record WebSocketOptions(
    int pingIntervalSeconds, int pongTimeoutSeconds, int closeTimeoutSeconds) {}
