// <input data-live="field" data-table="products" data-key="12" data-field="price">: an input of its own, saved when the person
// leaves it or presses Enter, guarded like any edit. Inside a live form the form saves it.

import type { RecordEdit } from "../lib/record";
import type { Tandem } from "../lib/tandem";
import { BoundField } from "./bound";
import { write, type Input } from "./input";

/** Makes one input live. @returns What ends it. */
export function startField(tandem: Tandem, input: Input, table: string, key: string, field: string): () => void {
  let edit: RecordEdit | null = null;
  let bound: BoundField | null = null;
  let isEnded = false;
  /** What was typed before the record was read, and whether it was left by then. */
  let early: { wasLeft: boolean } | null = null;
  const save = async (): Promise<void> => {
    if (!edit || !bound || edit.modified.length === 0 || edit.isSaving) {
      return;
    }
    if (!input.checkValidity()) {
      bound.error(input.validationMessage);
      return;
    }
    const outcome = await edit.save();
    if (outcome.kind === "saved" && edit.modified.length > 0 && document.activeElement !== input) {
      // Typed on and left while the save was on its way.
      void save();
      return;
    }
    if (outcome.kind === "refused") {
      bound.error(outcome.errors.map(e => e.message).join(" ") || outcome.text);
    } else if (outcome.kind === "gone") {
      bound.error("This record was deleted. What you typed stays here.");
    }
    bound.show();
  };
  const onInput = (): void => {
    if (bound) {
      bound.typed();
    } else {
      early ??= { wasLeft: false };
    }
  };
  const onChange = (): void => {
    onInput();
    if (early) {
      early.wasLeft = true;
    }
    void save();
  };
  const onKey = (event: Event): void => {
    const { key: pressed } = event as KeyboardEvent;
    if (pressed === "Escape" && edit && bound) {
      edit.revert(field);
      bound.error(null);
    } else if (pressed === "Enter" && !(input instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      onChange();
    }
  };
  input.addEventListener("input", onInput);
  input.addEventListener("change", onChange);
  input.addEventListener("keydown", onKey);
  void tandem.edit(table, key).then(
    opened => {
      if (isEnded) {
        opened.close();
        return;
      }
      edit = opened;
      bound = new BoundField(input, field, opened, early !== null);
      opened.on(event => {
        input.disabled = opened.isGone;
        if (event.kind !== "changed" || event.fields.includes(field)) {
          bound?.show(event.by);
        }
      });
      if (early?.wasLeft) {
        void save();
      }
      early = null;
    },
    (error: Error) => {
      input.disabled = true;
      input.title = error.message;
    },
  );
  return () => {
    isEnded = true;
    edit?.close();
    bound?.close();
    input.removeEventListener("input", onInput);
    input.removeEventListener("change", onChange);
    input.removeEventListener("keydown", onKey);
  };
}

/** An input in a row of a list follows the row; it becomes an edit of its own when somebody begins to type in it. */
export function startRowField(tandem: Tandem, input: Input, table: string, key: string, field: string): { follow: (value: string | null) => void; end: () => void } {
  let end: (() => void) | null = null;
  const begin = (): void => {
    end ??= startField(tandem, input, table, key, field);
  };
  input.addEventListener("focus", begin);
  return {
    follow: value => {
      if (!end) {
        write(input, value);
      }
    },
    end: () => {
      input.removeEventListener("focus", begin);
      end?.();
    },
  };
}
