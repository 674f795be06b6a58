// The menu of views is read again when it opens: others may have saved views for everyone since the page was shown.

import { fetchPage, one } from "../dom";

export function startViews(): void {
  const menu = one<HTMLDetailsElement>("details.views");
  menu?.addEventListener("toggle", () => void (menu.open && readAgain()));
}

async function readAgain(): Promise<void> {
  const page = await fetchPage();
  const [fresh, old] = [page?.querySelector("details.views .menu-panel"), one("details.views .menu-panel")];
  // Whoever types a name or opened something in it goes on with what is there.
  if (fresh && old && !old.contains(document.activeElement) && !one("details[open]", old) && !one<HTMLInputElement>("#view-name", old)?.value) {
    old.replaceWith(document.adoptNode(fresh));
  }
}
