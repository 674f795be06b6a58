// A picture of a list's groups. The figures are those of the table below it, which stays for everybody; drawing is fetched when it is wanted.

import { all, one } from "../dom";
import { onChange } from "../live";
import { reload } from "./cells";

/** How long changes are gathered before the figures are read again, in milliseconds. */
const pause = 1500;
let timer: ReturnType<typeof setTimeout> | undefined;

export interface Point {
  readonly label: string;
  readonly count: number;
}

/** The groups of a table in the order it shows them, each with its count. */
export const pointsOf = (table: ParentNode): Point[] =>
  all("[data-group]", table).map(row => ({
    label: one("th", row)?.textContent?.trim() ?? "",
    count: Number(one("[data-figure]", row)?.dataset["figure"] ?? 0),
  }));

export function startPicture(): void {
  void show();
  document.addEventListener("list-read", () => void show());
  onChange(change => {
    if (change.table === one("[data-list]")?.dataset["list"] && one("[data-picture]")) {
      timer ??= setTimeout(() => {
        timer = undefined;
        void reload();
      }, pause);
    }
  });
  const again = (): void => void show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}

async function show(): Promise<void> {
  const picture = one("[data-picture]");
  const table = one<HTMLTableElement>("[data-groups]");
  if (picture && table) {
    const { draw } = await import("./chart");
    draw(picture, pointsOf(table));
  }
}
