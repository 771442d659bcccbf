/** How long to wait before trying again. */

const BASE_MILLIS = 500;
const CAP_MILLIS = 20_000;

/**
 * The wait before attempt number `attempt` (0 is the first after a loss): anything from nothing to a
 * bound that doubles up to a cap, drawn evenly, so that clients of a restarted server do not come
 * all at once.
 */
export function backoffMillis(attempt, random = Math.random) {
  return random() * Math.min(CAP_MILLIS, BASE_MILLIS * 2 ** Math.min(attempt, 16));
}
