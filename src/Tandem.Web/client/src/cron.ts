// A hint for fields that hold a cron expression: it is read back in words.

import cronstrue from "cronstrue";

interface Hint {
  readonly text: string;
}

export default function hint(value: string | null): Hint | null {
  if (!value?.trim()) {
    return null;
  }
  try {
    return { text: cronstrue.toString(value, { use24HourTimeFormat: true, verbose: false }) };
  } catch (error) {
    return { text: `This is no cron expression: ${String(error).replace(/^Error:\s*/, "")}` };
  }
}
