// The home page's list of recent changes is read again, at most every second and a half, when something changed.

import { all, fetchPage, one } from "../dom";
import { onChange, onReset } from "../live";

export function startHome(): void {
  if (!one("[data-refresh]")) {
    return;
  }
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  const refresh = async (): Promise<void> => {
    waiting = undefined;
    last = Date.now();
    const page = await fetchPage().catch(() => null);
    for (const selector of ["[data-refresh]", ".tables", ".side-fold"]) {
      const [fresh, old] = [page?.querySelector(selector), one(selector)];
      if (fresh && old && !old.matches(":focus-within")) {
        old.replaceChildren(...all(":scope > *", fresh as HTMLElement).map(e => document.adoptNode(e)));
      }
    }
  };
  onChange(() => {
    waiting ??= setTimeout(() => void refresh(), Math.max(150, last + 1500 - Date.now()));
  });
  onReset(refresh);
}
