// A canned reply goes into the text box; the countdown of the 24 hours runs; the newest line is in view.
"use strict";
const reply = document.getElementById("reply");
const canned = document.getElementById("canned");
canned?.addEventListener("change", () => {
  if (canned.value && reply) reply.value = canned.value;
});
const until = document.querySelector("[data-until]");
function count() {
  const left = new Date(until.dataset.until) - Date.now();
  const hours = Math.floor(left / 3600000);
  until.textContent = left > 0 ? `${hours} h ${Math.floor((left % 3600000) / 60000)} min` : "0";
}
if (until) {
  count();
  setInterval(count, 30000);
}
const lines = document.querySelector(".chat");
if (lines) lines.scrollTop = lines.scrollHeight;
