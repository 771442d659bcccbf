/**
 * Tells whether somebody is there: `back()` when the page is looked at again or the network is there
 * again, `away()` when nobody looks at it any more.
 */
export function attention({ back, away }) {
  addEventListener("pagehide", away);
  addEventListener("online", back);
  document.addEventListener("visibilitychange", () => (document.hidden ? away() : back()));
}
