// Small helpers over the document. Names and keys may hold any character, so selectors are built here alone.

export const one = <T extends HTMLElement>(selector: string, within: ParentNode = document): T | null => within.querySelector<T>(selector);

export const all = <T extends HTMLElement>(selector: string, within: ParentNode = document): T[] => [...within.querySelectorAll<T>(selector)];

export const withData = (name: string, value: string): string => `[data-${name}="${CSS.escape(value)}"]`;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, props: Partial<HTMLElementTagNameMap[K]> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

/** Says something to people who listen instead of looking. */
export function announce(text: string): void {
  const region = one("[data-announce]");
  if (region) {
    region.textContent = text;
  }
}

/** Lights an element up for a moment. */
export function glow(element: HTMLElement): void {
  element.classList.remove("glow");
  void element.offsetWidth;
  element.classList.add("glow");
  setTimeout(() => element.classList.remove("glow"), 2500);
}

/** The same page as the server would show it now. */
export async function fetchPage(address: string = location.href): Promise<Document | null> {
  const answer = await fetch(address, { headers: { "X-Tandem": "1" } });
  return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

/** Moves the page's cursor to that of a page just fetched. */
export const cursorOf = (page: Document): string => page.body.dataset["cursor"] ?? "";

/** The journal number of the newest change that a page's history shows. */
export const newest = (page: Document): number => Math.max(0, ...[...page.querySelectorAll<HTMLElement>("[data-history] [data-sequence]")].map(e => Number(e.dataset["sequence"])));
