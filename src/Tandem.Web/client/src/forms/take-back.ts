// Taking a change or an operation back: asked first, guarded by what others did since.

import { make } from "../dom";
import { offerUndo } from "../shell/undo";
import type { UnitAnswer } from "../lib/unit";

/** Says what it will do and asks. */
export function confirmTakeBack(what: string, sentences: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    const [leave, act] = [make("button", { type: "button", className: "button", textContent: "Leave it" }), make("button", { type: "button", className: "button main", textContent: "Take back" })];
    const heading = make("h2", { id: "take-back-heading", textContent: `${what.replace(/ \(\d+ records\)$/, "")}?` });
    const dialog = make("dialog", {}, heading, make("ul", { className: "sentences" }, ...sentences.map(s => make("li", { textContent: s }))), make("div", { className: "dialog-actions" }, leave, act));
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.dataset["takeBackDialog"] = "";
    let isSure = false;
    leave.addEventListener("click", () => dialog.close());
    act.addEventListener("click", () => {
      isSure = true;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(isSure);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** @returns Why nothing was changed; null when it was. */
export async function takeBack(form: HTMLElement): Promise<string | null> {
  const { api, sequence, operation } = form.dataset;
  const answer = await fetch(api ?? "/api/units/undo", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Tandem": "1" },
    body: api === undefined ? JSON.stringify({ operation }) : JSON.stringify({ sequence: Number(sequence) }),
  }).catch(() => null);
  if (!answer) {
    return "The server did not answer. Try again when it is back.";
  }
  const said = (await answer.json().catch(() => ({}))) as Partial<UnitAnswer>;
  if (answer.ok) {
    offerUndo(said.operation ?? "", "Taken back.");
    return null;
  }
  const since = new Map((said.conflicts ?? []).map(c => [`${c.by ?? "Somebody"} has changed ${c.field} since.`, true]));
  (said.gone ?? []).forEach(g => since.set(`${g.by ?? "Somebody"} deleted the record since.`, true));
  return since.size > 0 ? `Nothing was changed. ${[...since.keys()].join(" ")} It stays as it is now.` : `Nothing was changed. ${said.detail ?? "Try again in a moment."}`;
}
