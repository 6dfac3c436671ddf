// Small helps of the staff's pages; every page works without them.
"use strict";
const menu = document.querySelector("#desk > details");
const wide = window.matchMedia("(min-width: 821px)");
const unfold = () => { if (menu) menu.open = wide.matches; };
wide.addEventListener("change", unfold);
unfold();

// Keys: g h home, g t tasks, n next item, / search, a act, ? help. Not while somebody writes.
let before = "";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const go = (name) => document.querySelector(`[data-key="${name}"]`);
  const wanted = before === "g" ? go(`g${event.key}`) : go(event.key);
  before = event.key === "g" && !wanted ? "g" : "";
  if (event.key === "?") { document.getElementById("keys")?.showModal(); return; }
  if (event.key === "/") { const box = document.querySelector("[data-search], #searchbar"); if (box) { event.preventDefault(); box.focus(); } return; }
  if (wanted) { event.preventDefault(); if (wanted.tagName === "A") wanted.click(); else wanted.focus(); }
});

// Clocks that run down.
function left(until) {
  const seconds = Math.round((new Date(until) - Date.now()) / 1000), size = Math.abs(seconds);
  const text = `${Math.floor(size / 3600)} h ${String(Math.floor((size % 3600) / 60)).padStart(2, "0")} min`;
  return seconds < 0 ? `−${text}` : text;
}
const clocks = document.querySelectorAll("[data-clock]");
const tick = () => clocks.forEach((clock) => { clock.textContent = left(clock.dataset.clock); });
if (clocks.length) { tick(); setInterval(tick, 15000); }

// Files that are being made.
for (const row of document.querySelectorAll("[data-progress]")) {
  const ask = async () => {
    const answer = await fetch(row.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { state, done, total } = await answer.json();
    const bar = row.querySelector("progress");
    if (bar) { bar.max = total || 1; bar.value = done; }
    if (state === "pending") setTimeout(ask, 1500); else window.location.reload();
  };
  setTimeout(ask, 1000);
}

// "All" of a queue.
document.querySelector("[data-all]")?.addEventListener("change", (event) => {
  for (const box of document.querySelectorAll('input[name="items"]')) box.checked = event.target.checked;
});

// Further pages of a paper.
const viewer = document.querySelector(".viewer[data-page]");
if (viewer) {
  const first = viewer.querySelector("img");
  fetch(first.src).then(async (answer) => {
    await answer.blob();
    const pages = Number(answer.headers.get("X-Pages") || 1);
    for (let number = 2; number <= Math.min(pages, 40); number += 1) {
      const image = document.createElement("img");
      image.loading = "lazy";
      image.alt = `${viewer.dataset.page} ${number}`;
      image.src = first.src.replace(/1\/$/, `${number}/`);
      viewer.append(image);
    }
  });
}
