// Runs before the first paint, so that the chosen theme is there from the start.
const root = document.documentElement;
root.classList.add("js");
const chosen = localStorage.getItem("tandem.theme");
if (chosen === "dark" || chosen === "light") {
  root.dataset["theme"] = chosen;
}
