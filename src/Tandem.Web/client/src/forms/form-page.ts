// What stands around a record's form and moves along with the record: its heading and its history.

import { ago } from "../shell/ago";
import { all, announce, fetchPage, make, one } from "../dom";
import type { LiveChange } from "../live";

export function addHistory(change: LiveChange): void {
  const list = one("[data-history]");
  one("[data-no-history]", list ?? undefined)?.remove();
  const item = make("li", { className: "fresh" }, make("span", { className: "strong", textContent: change.by }), " ");
  for (const field of Object.values(change.fields ?? {})) {
    const line = make("span", { className: "change" }, `${field.name} `);
    if (field.before !== null) {
      line.append(make("span", { className: "was", textContent: field.before || "empty" }), " → ");
    }
    line.append(field.label ?? (field.text || "empty"));
    item.append(line);
  }
  const time = make("time", { dateTime: change.at, textContent: ago(change.at), title: change.at });
  time.dataset["ago"] = "";
  item.append(time);
  list?.prepend(item);
}

export async function refreshHeading(): Promise<void> {
  const page = await fetchPage().catch(() => null);
  if (page) {
    swap(page, ["[data-heading]", ".crumbs li:last-child"]);
    document.title = page.title;
    const base = page.querySelector<HTMLInputElement>("input[name=base]");
    if (base) {
      all<HTMLInputElement>("[data-delete-dialog] input[name=base]").forEach(i => (i.value = base.value));
    }
  }
}

export function swap(page: Document, selectors: readonly string[]): void {
  for (const selector of selectors) {
    const [fresh, old] = [page.querySelector(selector), one(selector)];
    if (fresh && old) {
      old.replaceChildren(...fresh.childNodes);
    }
  }
}

/** The one sentence above the form. */
export function say(form: HTMLElement, text: string | null, isBad = false): void {
  const notice = one("[data-notice]", form)!;
  notice.hidden = text === null;
  notice.textContent = text ?? "";
  notice.classList.toggle("bad", isBad);
  notice.classList.toggle("good", !isBad);
  if (text) {
    announce(text);
  }
}

/** The button that deletes asks first. */
export function startDelete(form: HTMLElement, isGone: () => boolean, leaves: () => void): void {
  const dialog = one<HTMLDialogElement>("[data-delete-dialog]");
  one("[data-delete]", form)?.addEventListener("click", event => {
    if (dialog) {
      event.preventDefault();
      if (!isGone()) {
        dialog.showModal();
      }
    }
  });
  one("[data-close]", dialog ?? undefined)?.addEventListener("click", () => dialog?.close());
  dialog?.addEventListener("submit", leaves);
}

/** The record is gone. What was typed can become a new one: the same form goes to the page that makes one. */
export function sayGone(form: HTMLFormElement, by: string | null, at: string | null, leaves: () => void): void {
  const who = by ? `${by} deleted this record${at ? ` ${ago(at)}` : ""}.` : "This record was deleted.";
  say(form, `${who} What you typed stays here. `, true);
  const address = form.dataset["create"];
  if (address) {
    const button = make("button", { type: "button", className: "button little", textContent: "Make a new record of it" });
    button.addEventListener("click", () => {
      leaves();
      form.action = address;
      form.submit();
    });
    one("[data-notice]", form)!.append(button);
  }
  for (const button of all<HTMLButtonElement>("[data-save], [data-delete]")) {
    button.setAttribute("aria-disabled", "true");
  }
}
