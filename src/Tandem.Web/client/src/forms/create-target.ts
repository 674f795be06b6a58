// A record to refer to that is not there yet is made in place: a small dialog with the fields it needs.

import { rename } from "./child-cells";
import { all, announce, fetchPage, make, one } from "../dom";
import { FieldPanel } from "./field";
import { startPickers, type Option } from "./picker";
import { sendUnit } from "../lib/unit";
import { wireOf } from "../lib/wire";
import { objectOf } from "./unit";

let number = 0;

/**
 * @param address The page that makes a new record of the target.
 * @param targetField The target's field that is referred to.
 * @param name What was searched for.
 * @returns The new record, or null when nothing was made.
 */
export async function createTarget(address: string, targetField: string, name: string): Promise<Option | null> {
  const page = await fetchPage(new URL(address, location.href).href).catch(() => null);
  const form = page?.querySelector<HTMLElement>("form[data-record=new]");
  if (!form) {
    announce("The server did not answer. Try again.");
    return null;
  }
  const panels = all("[data-field][data-editable]", form);
  const needed = panels.filter(p => one(".required", p));
  const shown = (needed.length > 0 ? needed : panels.slice(0, 1)).map(p => document.importNode(p, true));
  const suffix = `-n${++number}`;
  const fieldset = make("div", { className: "create-fields" }, ...shown);
  const say = make("p", { className: "error", hidden: true });
  say.setAttribute("role", "alert");
  const [leave, act] = [make("button", { type: "button", className: "button", textContent: "Cancel" }), make("button", { className: "button main", textContent: "Create and choose" })];
  const heading = make("h2", { id: `create${suffix}`, textContent: `New: ${page!.querySelector(".crumbs a")?.textContent?.trim() ?? ""}` });
  const inner = make("form", { noValidate: true }, heading, fieldset, say, make("div", { className: "dialog-actions" }, leave, act));
  const dialog = make("dialog", {}, inner);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.dataset["createDialog"] = "";
  shown.forEach(p => rename(p, suffix));
  document.body.append(dialog);
  startPickers(dialog);
  const fields = shown.map(p => new FieldPanel(p, () => {}));
  const first = fields.find(f => f.type === "Text" && f.control);
  if (first && name !== "") {
    first.put(name);
  }

  return new Promise(resolve => {
    let made: Option | null = null;
    let isSending = false;
    leave.addEventListener("click", () => dialog.close());
    // What is typed here is not the form's behind it.
    dialog.addEventListener("keydown", event => event.stopPropagation());
    inner.addEventListener("submit", event => {
      event.preventDefault();
      if (!isSending) {
        isSending = true;
        void send().finally(() => (isSending = false));
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(made);
    });
    const send = async (): Promise<void> => {
      fields.forEach(f => f.error(f.fault));
      const wrong = fields.find(f => f.fault !== null);
      if (wrong) {
        wrong.control?.input.focus();
        return;
      }
      const known = fields.filter(f => f.mine !== null);
      const table = form.dataset["table"]!;
      const answer = (await sendUnit([`{"table":${JSON.stringify(table)},"insert":${objectOf(known, f => f.mine)}}`]))!;
      const result = answer.results[0];
      if (answer.isSaved && result?.record) {
        const value = wireOf("", result.record[targetField]) ?? "";
        const its = await fetchPage(new URL(`${form.dataset["list"]!}/${encodeURI(result.key)}`, location.href).href).catch(() => null);
        made = { value, label: its?.querySelector("[data-heading]")?.textContent?.trim() ?? value };
        announce(`${made.label} created and chosen.`);
        dialog.close();
        return;
      }
      const homeless = answer.errors.filter(e => {
        const field = fields.find(f => f.name === e.field);
        field?.error(e.message);
        return !field;
      });
      say.textContent = homeless.length > 0 ? homeless.map(e => e.message).join(" ") : answer.errors.length > 0 ? "" : answer.detail;
      say.hidden = say.textContent === "";
      one<HTMLElement>("[data-invalid] :is(input, select, textarea):not([type=hidden])", dialog)?.focus();
    };
    dialog.showModal();
    (fields.find(f => f.control && f.mine === null) ?? first ?? fields[0])?.control?.input.focus();
  });
}
