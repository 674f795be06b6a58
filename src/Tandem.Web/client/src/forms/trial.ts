// Checking on the server while people type. The newest question counts; a late answer never overwrites typing, yet what
// it says of others is followed.

import { same } from "../edit";
import type { FieldPanel } from "./field";
import { sendUnit, type UnitAnswer } from "../lib/unit";
import { wireOf } from "../lib/wire";
import type { Part } from "./unit";

const pause = 300;

export class Trial {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #under: AbortController | null = null;
  /** Fields whose message came from a check: the next answer takes it back where the fault is gone. */
  readonly #marked = new Set<FieldPanel>();

  constructor(private readonly parts: () => readonly Part[], private readonly fields: () => readonly FieldPanel[]) {}

  /** Somebody typed. */
  ask(): void {
    this.stop();
    this.#timer = setTimeout(() => void this.#run(), pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#under?.abort();
    this.#under = null;
  }

  async #run(): Promise<void> {
    // What the page itself can tell needs no asking.
    this.fields().filter(f => f.isVisited && f.fault !== null).forEach(f => f.error(f.fault));
    const parts = this.parts();
    if (parts.length === 0) {
      return;
    }
    const under = (this.#under = new AbortController());
    const answer = await sendUnit(parts.map(p => p.json), { isTrial: true, signal: under.signal });
    if (answer?.status === 200 && !under.signal.aborted) {
      this.#tell(parts, answer);
    }
  }

  #tell(parts: readonly Part[], answer: UnitAnswer): void {
    const wrong = new Set<FieldPanel>();
    for (const error of answer.errors) {
      const part = parts[error.write];
      const field = part?.field(error.field);
      if (part && field?.isVisited && isStill(part, field)) {
        field.error(error.message);
        wrong.add(field);
        this.#marked.add(field);
      }
    }
    parts.forEach((part, i) => {
      const stored = answer.results[i]?.record;
      for (const [field, { mine }] of part.sent) {
        if (!isStill(part, field)) {
          continue;
        }
        if (!wrong.has(field) && this.#marked.delete(field)) {
          field.error(null);
        }
        const better = stored && field.isVisited && mine !== null && field.name in stored ? wireOf(field.type, stored[field.name]) : mine;
        field.suggest(same(field.type, better, mine) ? null : better);
      }
    });
    for (const conflict of answer.conflicts) {
      const part = parts[conflict.write];
      const field = part?.field(conflict.field);
      // News that came by the live connection meanwhile are newer than this.
      if (part && field && part.sent.get(field)?.theirs === field.theirs) {
        const theirs = wireOf(field.type, conflict.theirs);
        field.follow(theirs, theirs ?? "", null, conflict.by, conflict.at);
      }
    }
    answer.gone.forEach(g => parts[g.write]?.gone(g.by, g.at));
  }
}

const isStill = (part: Part, field: FieldPanel): boolean => {
  const sent = part.sent.get(field);
  return sent ? sent.mine === field.mine : field.mine === null;
};
