package io.stentor.config;

/**
 * A simulated market in the rooms {@code quotes:*}.
 *
 * @param enabled whether this node takes part in it
 * @param updatesPerSecond how many prices are published, of all symbols together
 */
public record DemoOptions(boolean enabled, int updatesPerSecond) {}
