// For pages of one's own: one script makes their parts live. Scripts of the page find the connection as window.tandem.

import { connectionOf, startParts } from "./parts/parts";
import { Tandem } from "./lib/tandem";

declare global {
  interface Window {
    tandem?: Tandem;
  }
}

window.tandem = new Tandem(connectionOf(document));
const count = startParts(window.tandem);
const root = document.documentElement;
window.tandem.onState(state => (root.dataset["tandem"] = state));
root.dataset["tandem"] = window.tandem.state;
root.dataset["liveParts"] = String(count());
dispatchEvent(new Event("tandem:ready"));
