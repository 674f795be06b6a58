// One calm sentence at the foot of the page.

import { announce, make } from "../dom";

let shown: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export function showBanner(kind: string, text: string, milliseconds?: number): void {
  clearTimeout(timer);
  shown?.remove();
  shown = make("div", { className: "banner", textContent: text });
  shown.dataset["kind"] = kind;
  document.body.append(shown);
  announce(text);
  if (milliseconds) {
    timer = setTimeout(() => hideBanner(kind), milliseconds);
  }
}

export function hideBanner(kind: string): void {
  if (shown?.dataset["kind"] === kind) {
    shown.remove();
    shown = null;
  }
}
