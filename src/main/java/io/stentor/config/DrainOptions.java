package io.stentor.config;

/**
 * How a node goes away.
 *
 * @param balancerSeconds how long it serves on, unready, so that a balancer notices
 * @param leaveSeconds over how long its clients are sent away at most
 * @param timeoutSeconds after which the process ends whatever is not done
 */
public record DrainOptions(int balancerSeconds, int leaveSeconds, int timeoutSeconds) {
  public DrainOptions {
    ConfigException.require(
        timeoutSeconds > balancerSeconds + leaveSeconds,
        "timeoutSeconds",
        timeoutSeconds,
        "more than balancerSeconds and leaveSeconds together");
  }
}
