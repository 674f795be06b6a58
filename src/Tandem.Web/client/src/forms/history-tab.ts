// The record's whole history, beside its form: what was typed stays while people look back and take changes back.

import { all, announce, fetchPage, glow, make, one } from "../dom";
import { onChange, watchAgain } from "../live";
import { confirmTakeBack, takeBack } from "./take-back";

/** Begins on a record's page. */
export function startHistory(): void {
  const tabs = one("[data-tabs]");
  const shown = one("[data-told]");
  if (shown) {
    new HistoryTab(shown, location.href).start();
  } else if (tabs) {
    startTabs(tabs);
  }
}

function startTabs(tabs: HTMLElement): void {
  const panel = one("[data-panel]")!;
  const [record, history] = [one<HTMLAnchorElement>("[data-tab=record]", tabs)!, one<HTMLAnchorElement>("[data-tab=history]", tabs)!];
  let told: HistoryTab | null = null;
  // The address stays that of the form, which reads itself again from there.
  const show = (isTold: boolean): void => {
    panel.hidden = isTold;
    if (told) {
      told.element.hidden = !isTold;
    }
    record.toggleAttribute("aria-current", !isTold);
    history.toggleAttribute("aria-current", isTold);
    (isTold ? history : record).setAttribute("aria-current", "page");
  };
  const open = async (): Promise<void> => {
    if (told) {
      await told.refresh();
    } else {
      const page = await fetchPage(history.href).catch(() => null);
      const section = page?.querySelector<HTMLElement>("[data-told]");
      if (!section) {
        announce("The server did not answer. Try again.");
        return;
      }
      const element = document.importNode(section, true);
      panel.after(element);
      told = new HistoryTab(element, history.href);
      told.start();
    }
    show(true);
  };
  record.addEventListener("click", event => {
    if (isPlain(event)) {
      event.preventDefault();
      show(false);
    }
  });
  history.addEventListener("click", event => {
    if (isPlain(event)) {
      event.preventDefault();
      void open();
    }
  });
}

const isPlain = (event: MouseEvent): boolean => !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;

class HistoryTab {
  #reading = false;
  #stale = false;

  constructor(readonly element: HTMLElement, private readonly address: string) {}

  start(): void {
    const tables = JSON.parse(this.element.dataset["tables"] ?? "[]") as string[];
    onChange(change => {
      if ((change.table === this.element.dataset["liveTable"] && change.key === this.element.dataset["key"]) || tables.includes(change.table)) {
        void this.refresh();
      }
    });
    this.element.addEventListener("submit", event => {
      const form = event.target as HTMLFormElement;
      if (form.dataset["takeBack"] !== undefined) {
        event.preventDefault();
        void this.#takeBack(form);
      }
    });
    this.element.addEventListener("click", event => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("[data-older] a");
      if (link && isPlain(event)) {
        event.preventDefault();
        void this.#older(link);
      }
    });
  }

  /** What happened since is put on top; many changes at once are asked for once. */
  async refresh(): Promise<void> {
    this.#stale = true;
    while (this.#stale && !this.#reading) {
      this.#stale = false;
      this.#reading = true;
      const page = await fetchPage(this.address).catch(() => null);
      this.#reading = false;
      const list = one("[data-told-list]", this.element)!;
      const known = new Set(all("li[data-told-change]", list).map(e => e.dataset["toldChange"]));
      const newer = page ? all("[data-told] li[data-told-change]", page).filter(e => !known.has(e.dataset["toldChange"])) : [];
      const top = list.firstChild;
      for (const item of newer) {
        const added = document.importNode(item, true);
        list.insertBefore(added, top);
        glow(added);
      }
      one(".told-none", this.element)?.toggleAttribute("hidden", list.childElementCount > 0);
    }
  }

  async #older(link: HTMLAnchorElement): Promise<void> {
    link.setAttribute("aria-disabled", "true");
    const page = await fetchPage(link.href).catch(() => null);
    const [place, next] = [one("[data-older]", this.element)!, page?.querySelector("[data-older]")];
    if (!page || !next) {
      link.removeAttribute("aria-disabled");
      announce("The server did not answer. Try again.");
      return;
    }
    const items = all("[data-told] li[data-told-change]", page).map(e => document.importNode(e, true));
    one("[data-told-list]", this.element)!.append(...items);
    place.replaceChildren(...next.childNodes);
    (one("a", place) ?? one("a, button", items[0] ?? this.element))?.focus();
    announce(`${items.length} older changes.`);
  }

  async #takeBack(form: HTMLFormElement): Promise<void> {
    const button = one<HTMLButtonElement>("button", form)!;
    if (!(await confirmTakeBack(button.textContent?.trim() ?? "", all("li", form).map(l => l.textContent?.trim() ?? "")))) {
      button.focus();
      return;
    }
    const refused = await takeBack(form);
    const item = form.closest("li[data-told-change]")!;
    one(".told-refused", item as HTMLElement)?.remove();
    if (refused !== null) {
      const say = make("p", { className: "told-refused note bad", textContent: refused });
      say.setAttribute("role", "alert");
      item.append(say);
    } else {
      await this.refresh();
      await watchAgain();
    }
    button.focus();
  }
}
