// One field under edit: what the person started from (base), what they typed (mine, when touched) and what the source
// holds now (theirs). Values are the texts that inputs carry, null for no value. The rules are pure and total, and the
// same on the server; tests/shared/edit-cases.json proves both.

export type Value = string | null;

export interface FieldEdit {
  readonly base: Value;
  readonly mine: Value;
  readonly theirs: Value;
  readonly touched: boolean;
}

export const start = (value: Value): FieldEdit => ({ base: value, mine: value, theirs: value, touched: false });

/** What the person sees. */
export const valueOf = (edit: FieldEdit): Value => (edit.touched ? edit.mine : edit.theirs);

/** Whether saving would send this field. */
export const isModified = (type: string, edit: FieldEdit): boolean => edit.touched && !same(type, edit.mine, edit.theirs);

/** Whether the field changed on both sides to different values. */
export const isConflict = (type: string, edit: FieldEdit): boolean =>
  edit.touched && !same(type, edit.theirs, edit.base) && !same(type, edit.theirs, edit.mine);

/** The person typed a value. Typing the value the source holds gives the field back to it. */
export const set = (type: string, edit: FieldEdit, mine: Value): FieldEdit =>
  same(type, mine, edit.theirs)
    ? start(edit.theirs)
    : { base: edit.touched ? edit.base : edit.theirs, mine, theirs: edit.theirs, touched: true };

/** The source holds another value now. */
export const follow = (type: string, edit: FieldEdit, theirs: Value): FieldEdit =>
  !edit.touched || same(type, theirs, edit.mine) ? start(theirs) : { ...edit, theirs };

/** The person gives the field up. */
export const revert = (edit: FieldEdit): FieldEdit => start(edit.theirs);

/** The person saw theirs and keeps mine: theirs becomes the base that a save is guarded by. */
export const keepMine = (type: string, edit: FieldEdit): FieldEdit =>
  edit.touched ? set(type, start(edit.theirs), edit.mine) : edit;

/** Whether two texts are the same value of a field. */
export function same(type: string, a: Value, b: Value): boolean {
  if (a === b) {
    return true;
  }
  if (a === null || b === null) {
    return false;
  }
  switch (type) {
    case "Integer":
    case "Decimal":
      return plainNumber(a) === plainNumber(b);
    case "Float":
      return Number(a) === Number(b) && a.trim() !== "" && b.trim() !== "";
    case "Time":
    case "DateTime":
    case "Instant":
      return plainTime(a) === plainTime(b);
    case "Uuid":
      return a.toLowerCase() === b.toLowerCase();
    case "Json":
    case "Array":
      return sameJson(a, b);
    default:
      return a === b;
  }
}

/** A number without what does not count: plus, leading and trailing zeros. Digits stay text, so none is lost. */
function plainNumber(text: string): string {
  const parts = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text);
  if (!parts || (!parts[2] && !parts[3])) {
    return text;
  }
  let digits = (parts[2] ?? "") + (parts[3] ?? "");
  let scale = (parts[3] ?? "").length - Number(parts[4] ?? 0);
  digits = digits.replace(/^0+/, "");
  const tail = /0*$/.exec(digits)![0].length;
  digits = digits.slice(0, digits.length - tail);
  scale -= tail;
  return digits === "" ? "0" : `${parts[1] === "-" ? "-" : ""}${digits}e${-scale}`;
}

/** A time without what inputs drop: the zone mark of UTC, zero seconds and zero fractions. */
function plainTime(text: string): string {
  return text.trim().replace(" ", "T").replace(/(?:Z|\+00:00)$/, "").replace(/\.0+$/, "").replace(/(\.\d*?)0+$/, "$1").replace(/^((?:.*T)?\d\d:\d\d):00$/, "$1");
}

function sameJson(a: string, b: string): boolean {
  try {
    return stable(JSON.parse(a)) === stable(JSON.parse(b));
  } catch {
    return false;
  }
}

function stable(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(stable).join(",")}]`;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1));
    return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${stable(inner)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
