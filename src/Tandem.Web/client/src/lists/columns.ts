// Columns are put in order by two buttons; with a script they move where they stand.

import { announce, one } from "../dom";

export function startColumns(): void {
  document.addEventListener("click", event => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-columns] button[name=move]");
    const row = button?.closest("li");
    if (!button || !row) {
      return;
    }
    event.preventDefault();
    const up = button.value.startsWith("up:");
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) {
      return;
    }
    up ? other.before(row) : other.after(row);
    button.focus();
    const rows = [...row.parentElement!.children];
    announce(`${one("label", row)?.textContent?.trim() ?? ""} is column ${rows.indexOf(row) + 1} of ${rows.length}.`);
  });
}
