// The box in the header: type a part of a table's name, go there. "/" brings you to it from anywhere.

import { all, make, one } from "./dom";

export function startJump(): void {
  const box = one("[data-jump]");
  const input = box && one<HTMLInputElement>("input", box);
  const list = box && one(".jump-list", box);
  if (!input || !list) {
    return;
  }
  let chosen = 0;
  const links = (): HTMLAnchorElement[] => all<HTMLAnchorElement>("a", list);
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index: number): void => {
    const found = links();
    chosen = found.length === 0 ? 0 : (index + found.length) % found.length;
    found.forEach((a, i) => a.setAttribute("aria-selected", String(i === chosen)));
    found[chosen]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", found[chosen]?.id ?? "");
  };
  const search = (): void => {
    const wanted = input.value.trim().toLowerCase();
    const found = all<HTMLAnchorElement>(".side a").filter(a => (a.firstElementChild?.textContent ?? "").toLowerCase().includes(wanted));
    list.replaceChildren(...found.slice(0, 30).map((a, i) => {
      const link = make("a", { href: a.href, textContent: a.firstElementChild?.textContent ?? "", id: `jump-${i}`, tabIndex: -1 });
      link.setAttribute("role", "option");
      return link;
    }));
    if (found.length === 0) {
      list.append(make("p", { textContent: "No table is called that." }));
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  };
  input.addEventListener("input", search);
  input.addEventListener("focus", search);
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      links()[chosen]?.click();
    } else if (event.key === "Escape") {
      input.value = "";
      close();
      input.blur();
    }
  });
}
