// What the record on the page is joined with, as chips: added by name, removed, saved with the form as records of the join table.
// Two people who add or remove the same one agree, so that is no conflict.

import type { ChildTable } from "./children";
import type { DraftRow } from "./draft";
import type { FieldPanel } from "./field";
import { all, announce, fetchPage, glow, make, one } from "../dom";
import { Chip, type ChipState } from "./link-chip";
import { onChange, watchAgain, type LiveChange } from "../live";
import { startPicker } from "./picker";
import { jsonOf } from "../lib/wire";
import type { Part } from "./unit";

export class LinkSet implements ChildTable {
  readonly table: string;
  readonly fields: readonly FieldPanel[] = [];
  readonly conflicts = 0;
  #chips: Chip[];
  readonly #join: string;
  readonly #list: HTMLElement;
  readonly #input: HTMLInputElement | null = null;
  #reading = false;
  #stale = false;

  constructor(private readonly element: HTMLElement, private readonly tell: () => void) {
    const data = element.dataset;
    this.#join = data["links"]!;
    this.table = `${this.#join} ${data["own"]!}`;
    this.#list = one("[data-chips]", element)!;
    this.#chips = all("li", this.#list).map(e => this.#chip(e, "same"));
    const place = one("[data-links-picker]", element);
    if (place) {
      place.dataset["picker"] = place.dataset["linksPicker"]!;
      this.#input = startPicker(place);
      const carrier = one<HTMLInputElement>("[data-carrier]", place)!;
      carrier.addEventListener("input", event => {
        event.stopPropagation();
        if (carrier.value !== "") {
          this.#add(carrier.value, this.#input!.value);
          carrier.value = this.#input!.value = this.#input!.dataset["shown"] = "";
        }
      });
      this.#input.addEventListener("keydown", event => {
        const last = this.#chips.at(-1);
        if (event.key === "Backspace" && this.#input!.value === "" && last) {
          event.preventDefault();
          last.focus();
        }
      });
    }
    this.#list.addEventListener("keydown", event => this.#key(event));
    onChange(change => change.table === this.#join && this.#hear(change));
    this.#rove();
  }

  get modified(): number {
    return this.#chips.filter(c => c.state !== "same").length;
  }

  parts(parent: string | null): readonly Part[] {
    const { own, ownValue, other } = this.element.dataset;
    const table = JSON.stringify(this.#join);
    const reference = parent === null ? jsonOf("", ownValue ?? null) : JSON.stringify({ $new: parent });
    // What goes makes room for what comes.
    const pending = this.#chips.filter(c => c.state !== "same").sort((a, b) => Number(a.state === "new") - Number(b.state === "new"));
    return pending.map(chip => {
      // News of the same may come before the answer: what was wanted then is what counts.
      const isNew = chip.state === "new";
      const settle = (key: string): void => (isNew ? this.#stored(chip, key) : this.#drop(chip));
      return {
        json: isNew
          ? `{"table":${table},"insert":{${JSON.stringify(own)}:${reference},${JSON.stringify(other)}:${JSON.stringify(chip.value)}}}`
          : `{"table":${table},"key":${JSON.stringify(chip.key)},"delete":true}`,
        sent: new Map(),
        field: () => undefined,
        saved: result => settle(result.key),
        gone: () => this.#drop(chip),
        isDone: async () => {
          const key = chip.key ?? this.#keyOf(chip.value);
          const answer = key === null ? null : await fetch(`${this.element.dataset["api"]!}/${encodeURI(key)}`, { headers: { "X-Tandem": "1" } }).catch(() => null);
          const isDone = isNew ? answer?.ok === true : answer?.status === 404;
          if (isDone) {
            settle(key!);
          }
          return isDone;
        },
      };
    });
  }

  fault(): FieldPanel | undefined {
    return undefined;
  }

  undecided(): HTMLElement | null {
    return null;
  }

  revert(): void {
    this.#chips.filter(c => c.state === "new").forEach(c => this.#drop(c));
    this.#chips.forEach(c => c.show("same"));
    this.#changed();
  }

  drafts(): readonly DraftRow[] {
    return this.#chips.filter(c => c.state !== "same").map(c => ({
      key: c.key,
      removed: c.state === "removed",
      fields: { [this.element.dataset["other"]!]: { base: null, mine: c.value, shown: c.label } },
    }));
  }

  restore(rows: readonly DraftRow[]): void {
    for (const row of rows) {
      const kept = row.fields[this.element.dataset["other"]!];
      const chip = this.#chips.find(c => c.value === kept?.mine);
      if (row.removed) {
        chip?.show("removed");
      } else if (!chip && kept?.mine) {
        this.#append(kept.mine, kept.shown ?? kept.mine);
      }
    }
    this.#changed();
  }

  readAgain(page: Document): void {
    const fresh = [...page.querySelectorAll<HTMLElement>("[data-links]")].find(e => e.dataset["links"] === this.#join && e.dataset["own"] === this.element.dataset["own"]);
    if (!fresh) {
      return;
    }
    const there = all("[data-chips] li", fresh);
    this.#chips.filter(c => c.state !== "new" && !there.some(e => e.dataset["value"] === c.value)).forEach(c => this.#drop(c));
    for (const element of there) {
      const chip = this.#chips.find(c => c.value === element.dataset["value"]);
      if (!chip) {
        const added = document.importNode(element, true);
        this.#list.append(added);
        this.#chips.push(this.#chip(added, "same"));
        glow(added);
      } else if (chip.state === "new") {
        this.#stored(chip, element.dataset["key"]!);
      }
    }
    const [more, now] = [one("[data-more]", this.element), one("[data-more]", fresh)];
    if (more && now) {
      more.hidden = now.hidden;
      more.replaceChildren(...now.childNodes);
    }
    this.#changed();
  }

  #add(value: string, label: string): void {
    const there = this.#chips.find(c => c.value === value);
    if (there) {
      announce(there.state === "removed" ? `${label} put back.` : `${label} is there already.`);
      if (there.state === "removed") {
        there.show("same");
      }
      glow(there.element);
    } else {
      this.#append(value, label);
      announce(`${label} added. It is saved with the form.`);
    }
    this.#edited();
  }

  #append(value: string, label: string): void {
    const element = make("li", { className: "joined" }, make("a", { href: this.element.dataset["target"]!, textContent: label }));
    element.dataset["value"] = value;
    this.#list.append(element);
    this.#chips.push(this.#chip(element, "new"));
  }

  #chip(element: HTMLElement, state: ChipState): Chip {
    return new Chip(element, state, "mayDelete" in this.element.dataset, () => this.#toggle(this.#chips.find(c => c.element === element)!));
  }

  #toggle(chip: Chip): void {
    if (chip.state === "removed") {
      chip.show("same");
      announce(`${chip.label} put back.`);
    } else if (!chip.isRemovable) {
      announce(`${chip.label} cannot be removed here.`);
      return;
    } else if (chip.state === "new") {
      const next = this.#beside(chip, 1) ?? this.#beside(chip, -1);
      this.#drop(chip);
      (next ?? this.#input)?.focus();
      announce(`${chip.label} is not added.`);
    } else {
      chip.show("removed");
      announce(`${chip.label} removed. It goes when the form is saved; press Delete again to put it back.`);
    }
    this.#edited();
  }

  #key(event: KeyboardEvent): void {
    const chip = this.#chips.find(c => c.element.contains(event.target as Node));
    if (!chip || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const to = event.key === "ArrowRight" || event.key === "ArrowDown" ? (this.#beside(chip, 1) ?? this.#input)
      : event.key === "ArrowLeft" || event.key === "ArrowUp" ? this.#beside(chip, -1)
      : event.key === "Home" ? this.#chips[0]
      : event.key === "End" ? this.#chips.at(-1) : undefined;
    if (to) {
      event.preventDefault();
      this.#rove(to instanceof Chip ? to : undefined);
      to.focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#toggle(chip);
    }
  }

  #hear(change: LiveChange): void {
    const { ownValue, ownAt } = this.element.dataset;
    const parts = change.key.split(",").map(decodeURIComponent);
    if (parts[Number(ownAt)] !== ownValue) {
      return;
    }
    // A page that is being read may be older than this.
    this.#stale ||= this.#reading;
    const chip = this.#chips.find(c => (c.key ?? this.#keyOf(c.value)) === change.key);
    if (change.kind === "delete" && chip && chip.state !== "new") {
      announce(`${change.by} removed ${chip.label}.`);
      this.#drop(chip);
      this.#changed();
    } else if (change.kind === "insert" && chip) {
      this.#stored(chip, change.key);
    } else if (change.kind === "insert" || change.kind === "delete") {
      void this.#read(change);
    }
  }

  /** What others add has a name the page must ask for; many at once are asked for once. */
  async #read(change: LiveChange): Promise<void> {
    this.#stale = true;
    while (this.#stale && !this.#reading) {
      this.#stale = false;
      this.#reading = true;
      const page = await fetchPage().catch(() => null);
      this.#reading = false;
      if (page && !this.#stale) {
        this.readAgain(page);
        const added = this.#chips.find(c => c.key === change.key);
        if (added && change.kind === "insert") {
          announce(`${change.by} added ${added.label}.`);
        }
        await watchAgain();
      }
    }
  }

  #stored(chip: Chip, key: string): void {
    chip.key = key;
    chip.show("same");
    this.#changed();
  }

  #drop(chip: Chip): void {
    const next = chip.element.contains(document.activeElement) ? (this.#beside(chip, 1) ?? this.#beside(chip, -1) ?? this.#input) : null;
    this.#chips = this.#chips.filter(c => c !== chip);
    chip.element.remove();
    next?.focus();
    this.#changed();
  }

  #beside(chip: Chip, by: number): Chip | undefined {
    return this.#chips[this.#chips.indexOf(chip) + by];
  }

  /** Only numbers and plain texts are sure to stand in a key as they are. */
  #keyOf(value: string): string | null {
    const { ownValue, ownAt } = this.element.dataset;
    const part = (text: string): string => (text === "" || text === "." || text === ".." || text.startsWith("~") ? "~" : "") + encodeURIComponent(text);
    return ownValue === undefined ? null : (ownAt === "0" ? [ownValue, value] : [value, ownValue]).map(part).join(",");
  }

  #edited(): void {
    this.#changed();
    this.element.dispatchEvent(new Event("keep", { bubbles: true }));
  }

  #changed(): void {
    one("[data-none]", this.element)!.hidden = this.#chips.length > 0;
    this.#rove();
    this.tell();
  }

  /** One chip alone is on the way of the Tab key. */
  #rove(to?: Chip): void {
    const on = to ?? this.#chips.find(c => c.element.contains(document.activeElement)) ?? this.#chips[0];
    this.#chips.forEach(c => c.reach(c === on));
  }
}
