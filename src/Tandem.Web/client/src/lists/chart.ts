// Draws counts as bars, or as a line where they follow each other in time. Fetched when a page has a picture.

import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import { one } from "../dom";
import type { Point } from "./picture";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);

/** Bars that can still be told apart. */
const mostBars = 40;
let drawn: Chart | null = null;

export function draw(picture: HTMLElement, points: readonly Point[]): void {
  drawn?.destroy();
  const isLine = picture.dataset["picture"] === "line";
  // Time runs from left to right, however the table is ordered; those without a time have no place on it.
  const shown = isLine ? points.filter(p => /^\d/.test(p.label)).sort((a, b) => (a.label < b.label ? -1 : 1)) : points.slice(0, mostBars);
  const note = one("[data-picture-note]", picture);
  if (note) {
    note.textContent = !isLine && points.length > shown.length ? `The first ${shown.length} of ${points.length} groups.` : "";
  }
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
  drawn = new Chart(one<HTMLCanvasElement>("canvas", picture)!, {
    type: isLine ? "line" : "bar",
    data: {
      labels: shown.map(p => p.label),
      datasets: [{ label: "Records", data: shown.map(p => p.count), backgroundColor: colour("--accent"), borderColor: colour("--accent"), borderWidth: isLine ? 2 : 0, pointRadius: isLine ? 3 : 0, maxBarThickness: 44 }],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      plugins: { tooltip: { backgroundColor: colour("--ink"), titleColor: colour("--surface"), bodyColor: colour("--surface"), displayColors: false, titleFont: font, bodyFont: font } },
      scales: {
        x: { grid: { display: false }, border: { color: colour("--line-strong") }, ticks: { color: colour("--muted"), font, maxRotation: 45, autoSkip: true } },
        y: { beginAtZero: true, grid: { color: colour("--line") }, border: { display: false }, ticks: { color: colour("--muted"), font, precision: 0, maxTicksLimit: 6 } },
      },
    },
  });
}
