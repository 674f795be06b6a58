// The filter builder: what its buttons do without a script by loading the page again happens in place.

import { all, announce, fetchPage, one } from "../dom";
import { watchAgain } from "../live";

let asked = 0;

export function startBuilder(): void {
  document.addEventListener("click", event => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-builder] button[name=b]");
    if (button && button.value !== "apply") {
      event.preventDefault();
      void refresh(button.value);
    }
  });
  document.addEventListener("change", event => {
    if ((event.target as HTMLElement).closest("[data-builder]")) {
      void refresh("refresh");
    }
  });
  focusFirst();
}

async function refresh(button: string): Promise<void> {
  const form = one<HTMLFormElement>("[data-builder]")!;
  const words = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  words.set("b", button);
  const mine = ++asked;
  const page = await fetchPage(`${form.action}?${words}`).catch(() => null);
  if (mine !== asked) {
    return;
  }
  if (!page) {
    form.submit();
    return;
  }
  const focused = document.activeElement instanceof HTMLElement ? describe(document.activeElement) : null;
  for (const selector of ["#builder", "#sheet", "#foot", "[data-total]", "[data-chips]"]) {
    const [fresh, old] = [page.querySelector(selector), one(selector)];
    if (fresh && old) {
      old.replaceWith(document.adoptNode(fresh));
    }
  }
  const [what, where] = button.split(":");
  const groups = all(".builder-leaf, .builder-group", one("#builder")!).filter(e => where !== undefined && e.id.startsWith(`n-${where}`));
  const target = what === "add" || what === "group" ? one("select", groups.filter(g => g.className === "builder-leaf").at(-1) ?? document) : what === "remove" ? one("#builder select") : focused ? one(focused) : null;
  target?.focus();
  announce(what === "add" ? "A condition was added." : what === "group" ? "A group was added." : what === "remove" ? "Removed." : `${one("[data-total]")?.textContent ?? ""}`);
  await watchAgain(page.body.dataset["cursor"]);
}

const describe = (element: HTMLElement): string | null => {
  const name = element.getAttribute("name");
  return name === null ? null : `#builder [name="${CSS.escape(name)}"]`;
};

function focusFirst(): void {
  if (location.hash === "#builder") {
    one<HTMLElement>("#builder .builder-leaf:last-of-type select")?.focus();
  }
}
