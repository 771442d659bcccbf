package io.stentor.config;

/**
 * The options of the rooms whose names match a pattern. In {@code rooms} the first rule that
 * matches a name decides.
 *
 * @param match a room name in which {@code *} stands for any run of characters
 * @param options complete: what the rule left out was filled in from {@code roomDefaults}
 */
public record RoomRule(String match, RoomOptions options) {}
