/**
 * Loads the page again, a few times at most, if one of its scripts could not be loaded: browsers give up requests when
 * the network changes. A classic script in front of the others, so that it works without them.
 */
{
  const MAX_TRIES = 3;
  const PAUSE_MILLIS = 500;
  const KEY = "stentor.loads";

  const tried = () => Number(sessionStorage.getItem(KEY));

  const isScript = ({ target }) => target instanceof HTMLScriptElement;

  addEventListener("load", (event) => isScript(event) && event.target.type === "module" && sessionStorage.removeItem(KEY), true);
  addEventListener(
    "error",
    (event) => {
      if (isScript(event) && tried() < MAX_TRIES) {
        sessionStorage.setItem(KEY, String(tried() + 1));
        setTimeout(() => location.reload(), PAUSE_MILLIS * tried());
      }
    },
    true,
  );
}
