package io.stentor.config;

/**
 * What is counted for monitoring.
 *
 * @param enabled whether {@code /metrics} is served and times are measured
 * @param port TCP port of its own for {@code /metrics}, with {@code /health}; 0 serves it with
 *     everything else
 */
public record MetricsOptions(boolean enabled, int port) {}
