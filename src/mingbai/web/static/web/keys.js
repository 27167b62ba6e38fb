// The console by keyboard: j and k walk the rows, Enter opens one, / searches, ? helps.
"use strict";

const places = document.getElementById("keys").dataset;
const help = document.getElementById("help");
const rows = () => [...document.querySelectorAll("tr[data-href]")];

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  for (const row of all) row.removeAttribute("aria-selected");
  next.setAttribute("aria-selected", "true");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "Enter" && event.target === document.body) {
    const row = rows().find((one) => one.getAttribute("aria-selected") === "true");
    if (row) location.assign(row.dataset.href);
  } else if (event.key === "/") {
    event.preventDefault();
    const box = document.querySelector("input[data-search]");
    if (box) box.focus(); else location.assign(places.search);
  } else if (event.key === "x") {
    const box = rows().find((one) => one.getAttribute("aria-selected") === "true")?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  } else if (event.key === "g") location.assign(places.home);
  else if (event.key === "?") help.showModal();
});
