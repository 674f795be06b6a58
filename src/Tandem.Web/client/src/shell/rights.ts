// What a person may do was changed while a page was open: the page comes back as it may be seen now, and says why.

import { showBanner } from "./banner";

const mark = "tandem:rights-changed";

/** Shows the page anew. What was typed is in its draft; nothing of what may no longer be seen stays on the screen. */
export function reloadForRights(): void {
  sessionStorage.setItem(mark, "1");
  // Nobody is asked whether to leave: the page does not wait with values that may no longer be seen.
  addEventListener("beforeunload", event => event.stopImmediatePropagation(), { capture: true });
  document.body.hidden = true;
  location.reload();
}

/** Says why the page was shown anew. */
export function sayRightsChanged(): void {
  if (sessionStorage.getItem(mark) !== null) {
    sessionStorage.removeItem(mark);
    showBanner("rights", "What you may see and change here was changed. The page shows what you may now; what you typed is kept in this browser.", 20_000);
  }
}
