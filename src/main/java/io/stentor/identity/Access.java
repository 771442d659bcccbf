package io.stentor.identity;

import io.stentor.config.Config;
import io.stentor.config.RoomRules;
import io.vertx.core.Vertx;

/**
 * Who may come to a node, and what they may do there. Any thread.
 *
 * @param keys of servers
 * @param tokens of users
 * @param permissions of all
 */
public record Access(ApiKeys keys, Tokens tokens, Permissions permissions) {

  /**
   * As configured. Reads files; blocks while it does.
   *
   * @throws io.stentor.config.ConfigException when a file of keys is not what it should be
   */
  public static Access of(Vertx vertx, Config config) {
    Config.Identity identity = config.identity();
    return new Access(
        new ApiKeys(identity.apiKeys()),
        new Tokens(vertx, identity),
        new Permissions(new RoomRules(config), identity));
  }
}
