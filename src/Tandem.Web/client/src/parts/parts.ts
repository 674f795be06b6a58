// The live parts of a page: every element with data-live, wherever it appears, until it goes. A page without any opens no
// connection.

import { all } from "../dom";
import { LiveConnection } from "../lib/connection";
import { Tandem } from "../lib/tandem";
import { startField } from "./field";
import { startForm } from "./form";
import { startHold } from "./hold";
import { isInput } from "./input";
import { startList } from "./list";
import { startText } from "./text";

/** Watches a document for live parts. @returns How many parts run at this moment. */
export function startParts(tandem: Tandem, root: HTMLElement = document.body): () => number {
  const running = new Map<Element, () => void>();
  const look = (): void => {
    for (const [element, end] of running) {
      if (!element.isConnected) {
        running.delete(element);
        end();
      }
    }
    for (const element of all("[data-live]", root)) {
      if (!running.has(element)) {
        running.set(element, start(tandem, element));
      }
    }
  };
  look();
  new MutationObserver(look).observe(root, { subtree: true, childList: true });
  return () => running.size;
}

const nothing = (): void => {};

function start(tandem: Tandem, element: HTMLElement): () => void {
  const { live, table, key, field } = element.dataset;
  switch (live) {
    case "text":
      return startText(tandem, element);
    case "field":
      // Without a table of its own, the form or the row that it stands in looks after it.
      return isInput(element) && table && key && field ? startField(tandem, element, table, key, field) : nothing;
    case "form":
      return element instanceof HTMLFormElement ? startForm(tandem, element) : nothing;
    case "list":
      return startList(tandem, element);
    case "hold":
      return startHold(tandem, element);
    default:
      console.warn(`data-live="${live ?? ""}" is none of text, field, form, list and hold.`, element);
      return nothing;
  }
}

/** A page of the ready-made application shares its connection; any other page opens its own. */
export function connectionOf(page: Document): LiveConnection {
  const connection = new LiveConnection({ cursor: page.querySelector<HTMLMetaElement>("meta[name=tandem-cursor]")?.content ?? page.body.dataset["cursor"] ?? "" });
  // What whoever looks may see is decided by the server, for the whole page: nothing of before stays on the screen.
  connection.on("rights", () => location.reload());
  return connection;
}
