// The palette in the header: type a part of a name, go there or do it. Control K brings you to it from anywhere.

import { announce, make, one } from "../dom";
import { findPlaces, type Place } from "./places";

export function startJump(): void {
  const box = one("[data-jump]");
  const input = box && one<HTMLInputElement>("input", box);
  const list = box && one(".jump-list", box);
  if (!input || !list) {
    return;
  }
  let found: Place[] = [];
  let chosen = 0;
  let asked = 0;
  let before: HTMLElement | null = null;
  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]")];
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index: number): void => {
    const rows = options();
    chosen = rows.length === 0 ? 0 : (index + rows.length) % rows.length;
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === chosen)));
    rows[chosen]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[chosen]?.id ?? "");
  };
  const take = (place: Place): void => {
    input.value = "";
    close();
    input.blur();
    if (place.act) {
      before?.focus();
      place.act();
    } else {
      location.assign(place.href!);
    }
  };
  const row = (place: Place, i: number): HTMLElement => {
    const element = make(place.href ? "a" : "div", { id: `jump-${i}`, className: "jump-option", tabIndex: -1 }, make("span", { textContent: place.label }), make("span", { className: "quiet small", textContent: place.note }));
    if (element instanceof HTMLAnchorElement) {
      element.href = place.href!;
    }
    element.setAttribute("role", "option");
    element.addEventListener("pointerdown", event => event.preventDefault());
    element.addEventListener("click", event => {
      if (!(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
        event.preventDefault();
        take(place);
      }
    });
    return element;
  };
  const search = async (): Promise<void> => {
    const mine = ++asked;
    const places = await findPlaces(input.value.trim());
    if (mine !== asked || document.activeElement !== input) {
      return;
    }
    found = places;
    let index = 0;
    list.replaceChildren(...["Actions", "Tables", "Views", "Recent records"].flatMap(heading => {
      const own = found.filter(p => p.group === heading);
      if (own.length === 0) {
        return [];
      }
      const title = make("div", { className: "jump-heading", id: `jump-${heading.split(" ")[0]}`, textContent: heading });
      const group = make("div", {}, title, ...own.map(p => row(p, index++)));
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", title.id);
      return [group];
    }));
    if (found.length === 0) {
      list.append(make("p", { textContent: "Nothing is called that." }));
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
    announce(found.length === 0 ? "Nothing is called that." : `${found.length} ${found.length === 1 ? "choice" : "choices"}.`);
  };
  input.addEventListener("input", () => void search());
  input.addEventListener("focus", () => void search());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const place = found.find((_, i) => options()[chosen]?.id === `jump-${i}`);
      if (place && !list.hidden) {
        take(place);
      }
    } else if (event.key === "Escape") {
      input.value = "";
      close();
      before?.isConnected ? before.focus() : input.blur();
    }
  });
  document.addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k" && !one("dialog[open]")) {
      event.preventDefault();
      before = document.activeElement instanceof HTMLElement && document.activeElement !== input ? document.activeElement : before;
      input.focus();
      input.select();
    }
  });
}
