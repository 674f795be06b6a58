// Theme, menus that close again, confirmations and the way back to a list.

import { all, one } from "../dom";

export function startMenus(): void {
  startTheme();
  startSide();
  document.addEventListener("click", event => {
    for (const menu of all<HTMLDetailsElement>("details.menu[open], details.filter[open], details.grouping[open]")) {
      if (!menu.contains(event.target as Node)) {
        menu.open = false;
      }
    }
  });
  document.addEventListener("keydown", event => {
    const open = event.key === "Escape" ? one<HTMLDetailsElement>("details.menu[open], details.filter[open], details.grouping[open]") : null;
    if (open) {
      open.open = false;
      one("summary", open)?.focus();
    }
  });
  document.addEventListener("submit", event => {
    const question = (event.target as HTMLElement).dataset["confirm"];
    if (question && !confirm(question)) {
      event.preventDefault();
    }
  });
  for (const link of all<HTMLAnchorElement>("[data-back]")) {
    const table = link.dataset["back"]!;
    link.search = sessionStorage.getItem(`tandem.list.${table}`) ?? link.search;
    link.addEventListener("click", () => sessionStorage.setItem("tandem.return", table));
  }
  for (const field of all<HTMLInputElement>("[data-back-field]")) {
    field.value = sessionStorage.getItem(`tandem.list.${field.dataset["backField"]!}`) ?? field.value;
  }
}

/** The list of tables stands open where there is room beside the page; the style shows it so before any script runs. */
function startSide(): void {
  const side = one<HTMLDetailsElement>(".side-fold");
  const wide = matchMedia("(min-width: 861px)");
  const follow = (): void => void (side && (side.open = wide.matches));
  wide.addEventListener("change", follow);
  follow();
}

function startTheme(): void {
  const buttons = all<HTMLButtonElement>("[data-theme-choice] button");
  const show = (): void => {
    const chosen = localStorage.getItem("tandem.theme") ?? "";
    buttons.forEach(b => b.setAttribute("aria-pressed", String(b.dataset["value"] === chosen)));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const value = button.dataset["value"]!;
      if (value === "") {
        localStorage.removeItem("tandem.theme");
        delete document.documentElement.dataset["theme"];
      } else {
        localStorage.setItem("tandem.theme", value);
        document.documentElement.dataset["theme"] = value;
      }
      show();
    });
  }
  show();
}
