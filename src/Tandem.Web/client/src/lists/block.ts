// What a spreadsheet puts on the clipboard.

/** Rows and cells of a text with tabs between; a quoted cell may hold tabs, line ends and quotes written twice. */
export function parseBlock(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let at = 0;
  const end = (): void => void (rows.at(-1)!.push(cell), (cell = ""));
  while (at < text.length) {
    const c = text[at]!;
    if (c === '"' && cell === "") {
      const close = /"(?:[^"]|"")*"/y;
      close.lastIndex = at;
      const quoted = close.exec(text)?.[0];
      if (quoted !== undefined && /^(?:\t|\r?\n|$)/.test(text.slice(at + quoted.length, at + quoted.length + 2))) {
        cell = quoted.slice(1, -1).replaceAll('""', '"');
        at += quoted.length;
        continue;
      }
    }
    if (c === "\t") {
      end();
    } else if (c === "\n") {
      end();
      rows.push([]);
    } else if (c !== "\r" || text[at + 1] !== "\n") {
      cell += c;
    }
    at++;
  }
  if (cell !== "" || rows.at(-1)!.length > 0) {
    end();
  } else {
    rows.pop();
  }
  return rows;
}
