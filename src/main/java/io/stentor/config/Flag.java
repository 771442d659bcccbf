package io.stentor.config;

/**
 * A command line flag that sets an option.
 *
 * @param name as written, {@code --port}
 * @param key the option, {@code http.port}
 * @param value as written
 */
public record Flag(String name, String key, String value) {}
