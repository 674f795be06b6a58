// Times as people say them: "12 s ago". The exact time stays in the title.

import { all } from "../dom";

const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

export function ago(iso: string, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  if (seconds > -5) {
    return "just now";
  }
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [["second", 1], ["minute", 60], ["hour", 3600], ["day", 86400], ["month", 2629800], ["year", 31557600]];
  const [unit, size] = steps.findLast(([, s]) => -seconds >= s) ?? steps[0]!;
  return words.format(Math.round(seconds / size), unit);
}

export function startAgo(): void {
  const show = (): void => {
    for (const time of all<HTMLTimeElement>("time[data-ago]")) {
      time.title ||= time.textContent ?? "";
      const text = ago(time.dateTime);
      if (time.textContent !== text) {
        time.textContent = text;
      }
    }
  };
  show();
  setInterval(show, 10_000);
  new MutationObserver(show).observe(document.body, { childList: true, subtree: true });
}
