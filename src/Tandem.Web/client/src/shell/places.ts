// Where one can go from any page, and what the page lets one do.

import { all, one } from "../dom";
import { showShortcuts } from "./shortcuts";
import { canUndo, undo } from "./undo";

export interface Place {
  readonly group: "Actions" | "Tables" | "Views" | "Recent records";
  readonly label: string;
  readonly note: string;
  readonly href?: string;
  readonly act?: () => void;
}

const mostRecent = 12;
let views: Promise<Place[]> | null = null;

const recentName = (): string => `tandem.recent.${one("main")?.dataset["user"] ?? ""}`;

export async function findPlaces(text: string): Promise<Place[]> {
  views ??= fetchViews();
  const wanted = text.toLowerCase().split(/\s+/).filter(w => w !== "");
  const places = [...actions(), ...tables(), ...(await views), ...recent()];
  const fits = places.filter(p => wanted.every(w => `${p.label} ${p.note}`.toLowerCase().includes(w)));
  // In the order they are shown in.
  return (["Actions", "Tables", "Views", "Recent records"] as const).flatMap(g => fits.filter(p => p.group === g).slice(0, wanted.length === 0 && g === "Actions" ? 6 : 30));
}

/** A record's page is remembered, for the person who saw it and in this browser alone. */
export function startPlaces(): void {
  one<HTMLFormElement>("form[action='/sign-out']")?.addEventListener("submit", () => localStorage.removeItem(recentName()));
  const form = one("form[data-record]");
  const table = one(".crumbs a")?.textContent ?? "";
  if (form?.dataset["key"]) {
    const here = { href: location.pathname, label: one("[data-heading]")?.textContent ?? "", note: table };
    localStorage.setItem(recentName(), JSON.stringify([here, ...stored().filter(r => r.href !== here.href)].slice(0, mostRecent)));
  }
}

function stored(): { href: string; label: string; note: string }[] {
  try {
    return JSON.parse(localStorage.getItem(recentName()) ?? "[]") as { href: string; label: string; note: string }[];
  } catch {
    return [];
  }
}

const recent = (): Place[] => stored().filter(r => r.href !== location.pathname).map(r => ({ ...r, group: "Recent records" }));

const tables = (): Place[] => all<HTMLAnchorElement>(".side a").map(a => ({ group: "Tables", label: a.firstElementChild?.textContent ?? "", note: "", href: a.href }));

async function fetchViews(): Promise<Place[]> {
  const answer = await fetch("/views", { headers: { "X-Tandem": "1" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    views = null;
    return [];
  }
  return ((await answer.json()) as { label: string; note: string; href: string }[]).map(v => ({ ...v, group: "Views" }));
}

function actions(): Place[] {
  const press = (label: string, selector: string, note = ""): Place[] => {
    const element = one(selector);
    return element && !element.hidden ? [{ group: "Actions", label, note, act: () => element.click() }] : [];
  };
  const open = (label: string, selector: string): Place[] => {
    const details = one<HTMLDetailsElement>(selector);
    return details ? [{ group: "Actions", label, note: "", act: () => void ((details.open = true), one("summary", details)?.focus()) }] : [];
  };
  return [
    ...press("New record", "[data-new]", "n"),
    ...press("Save", "[data-save]", "Ctrl S"),
    ...(canUndo() ? [{ group: "Actions", label: "Undo the last save", note: "Ctrl Z", act: () => void undo() } as const] : []),
    ...press("Show what has arrived", "[data-arrivals]"),
    ...open("Filter the list", "details.filter"),
    ...press("Build a filter", ".filter-builder"),
    ...open("Choose columns", "details.columns"),
    ...open("Views of this list", "details.views"),
    ...press("Count the records", "[data-count]"),
    ...press("Delete this record", "[data-delete]"),
    { group: "Actions", label: "Home", note: "g h", href: "/" },
    { group: "Actions", label: "Shortcuts", note: "?", act: showShortcuts },
    ...press("Light theme", "[data-theme-choice] [data-value=light]"),
    ...press("Dark theme", "[data-theme-choice] [data-value=dark]"),
  ];
}
