// What is said of a draft: that it was restored, that it cannot be stored any more, or that its record is gone.

import { ago } from "../shell/ago";
import { announce, make, one } from "../dom";
import { draftKey, draftsOf, dropDraft, keepDraft, type Draft } from "./draft";

/** “Restored what you typed 5 minutes ago. Discard” */
export function sayRestored(form: HTMLElement, draft: Draft, discard: () => void): void {
  const left = draft.left?.length ? ` Not kept: ${draft.left.join(", ")}. Files and very long texts stay out of drafts.` : "";
  const isEmpty = Object.keys(draft.fields).length === 0 && Object.values(draft.rows ?? {}).every(r => r.length === 0);
  const said = isEmpty ? `What you typed ${ago(draft.at)} could not be kept.` : `Restored what you typed ${ago(draft.at)}.`;
  show(form, [`${said}${left} `, button(isEmpty ? "Close" : "Discard", discard)]);
}

/** The record may be looked at only: what was typed can still be read and copied. */
export function sayLocked(form: HTMLElement, draft: Draft, label: (field: string) => string, discard: () => void, why = "You may not change this record now."): void {
  const lines = Object.entries(draft.fields).map(([name, f]) => `${label(name)}: ${f.shown ?? f.mine ?? "empty"}`);
  const list = make("ul", { className: "draft-lines" }, ...lines.map(l => make("li", { textContent: l })));
  const copy = button("Copy", () => void navigator.clipboard.writeText(lines.join("\n")).then(() => announce("Copied.")));
  show(form, [`${why} What you typed ${ago(draft.at)} is kept here:`, list, copy, button("Discard", discard)]);
}

/** On a page that has no record: what was typed into it can become a new one. */
export function offerLost(): void {
  const page = one("[data-missing-record]");
  if (!page) {
    return;
  }
  const [database, user, table] = [page.dataset["database"]!, page.dataset["user"]!, page.dataset["table"]!];
  const found = draftsOf(database, user).find(([, d]) => d.page === location.pathname);
  if (!found || !found[1].create) {
    return;
  }
  const [key, draft] = found;
  const make_ = button("Make a new record of it", () => {
    const fields = Object.fromEntries(Object.entries(draft.fields).map(([name, f]) => [name, { ...f, base: null }]));
    keepDraft(draftKey(database, user, table, null), { ...draft, page: draft.create!, fields, rows: {} });
    dropDraft(key);
    location.href = draft.create!;
  });
  page.hidden = false;
  page.replaceChildren(`What you typed ${ago(draft.at)} is still here. `, make_, " ", button("Discard", () => {
    dropDraft(key);
    page.hidden = true;
  }));
  announce(page.textContent ?? "");
}

function show(form: HTMLElement, content: readonly (Node | string)[]): void {
  const place = one("[data-draft]", form)!;
  place.hidden = false;
  place.replaceChildren(...content);
  announce(place.textContent ?? "");
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", className: "button little", textContent: text });
  made.addEventListener("click", act);
  return made;
}
