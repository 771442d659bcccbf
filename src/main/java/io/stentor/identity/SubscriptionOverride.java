package io.stentor.identity;

import org.jspecify.annotations.Nullable;

/**
 * What a token changes for one subscription; null leaves it as the room has it.
 *
 * @param presence whether the client is among the room's members
 * @param joinLeave whether its coming and going is told
 * @param recovery whether its position is given and can be recovered from
 * @param positioning whether its position is watched
 * @param pushJoinLeave whether it is told of others' coming and going
 */
public record SubscriptionOverride(
    @Nullable Boolean presence,
    @Nullable Boolean joinLeave,
    @Nullable Boolean recovery,
    @Nullable Boolean positioning,
    @Nullable Boolean pushJoinLeave) {

  /** Changes nothing. */
  public static final SubscriptionOverride NONE =
      new SubscriptionOverride(null, null, null, null, null);
}
