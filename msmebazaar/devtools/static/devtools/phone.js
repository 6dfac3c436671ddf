// The simulated phone. Draws what the stand-in has for this number, and tells it what the person does.
"use strict";

const main = document.querySelector("main");
const chat = document.getElementById("chat");
const life = document.getElementById("life");
const state = document.getElementById("state");
const TICKS = { queued: "🕓", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "✕", undelivered: "✕", received: "" };
const EVERY_MS = 700;
let drawn = "";
let waitingSince = 0;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// *bold*, links, line breaks: as WhatsApp shows them. Built from text nodes, never from HTML.
function written(text) {
  const paragraph = element("p");
  for (const part of text.split(/(\*[^*\n]+\*|https?:\/\/\S+|\n)/)) {
    if (part === "\n") paragraph.append(element("br"));
    else if (/^\*[^*\n]+\*$/.test(part)) paragraph.append(element("strong", "", part.slice(1, -1)));
    else if (/^https?:\/\//.test(part)) {
      const link = element("a", "", part);
      link.href = part;
      link.target = "_blank";
      paragraph.append(link);
    } else paragraph.append(part);
  }
  return paragraph;
}

function bubble(message, isLast) {
  const isMine = message.from.endsWith(main.dataset.phone);
  const item = element("li", isMine ? "mine" : "theirs");
  item.dataset.sid = message.sid;
  if (message.media_url) {
    const file = element("a", "file", "📄 PDF");
    file.href = message.media_url;
    file.target = "_blank";
    item.append(file);
  }
  if (message.media_type) item.append(element("span", "file", message.media_type.startsWith("image/") ? "📷 Photo" : "📄 Document"));
  if (message.body) item.append(written(message.body));
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const channel = message.to.startsWith("whatsapp:") || message.from.startsWith("whatsapp:") ? "" : "SMS · ";
  const foot = element("small", message.status === "read" ? "read" : "", `${channel}${message.is_template ? "template · " : ""}${time} ${TICKS[message.status] ?? message.status}`);
  if (message.error_code) foot.append(` ${message.error_code}`);
  item.append(foot);
  if (message.choices.length) {
    const isList = message.choices.length > 3;
    const box = element("div", isList ? "list" : "buttons");
    for (const choice of message.choices) {
      const button = element("button", "", choice.label);
      button.type = "button";
      if (choice.description && choice.description !== "–") button.append(element("span", "", choice.description));
      button.addEventListener("click", () => act("tap", { id: choice.id, label: choice.label, is_list: isList }));
      box.append(button);
    }
    item.append(box);
  }
  return item;
}

function draw(messages) {
  const oldestFirst = [...messages].reverse();
  const now = JSON.stringify(oldestFirst.map((message) => [message.sid, message.status]));
  if (now === drawn) return;
  drawn = now;
  chat.replaceChildren(...oldestFirst.map(bubble));
  if (!oldestFirst.length) chat.append(element("li", "none", "No messages yet. Say नमस्ते."));
  life.replaceChildren(
    ...messages.slice(0, 8).map((message) => {
      const row = element("tr");
      const isMine = message.from.endsWith(main.dataset.phone);
      row.append(element("td", "", isMine ? "us" : "phone"), element("td", message.error_code ? "bad" : "", `${message.status}${message.error_code ? " " + message.error_code : ""}`));
      return row;
    }),
  );
  chat.scrollTop = chat.scrollHeight;
  const last = oldestFirst.at(-1);
  if (last && !last.from.endsWith(main.dataset.phone)) waitingSince = 0;
  if (oldestFirst.some((message) => message.status === "delivered" && message.to.startsWith("whatsapp:"))) act("read", {}, true);
}

async function look() {
  try {
    const answer = await fetch(`${main.dataset.messages}?to=${encodeURIComponent(main.dataset.phone)}`, { headers: { Accept: "application/json" } });
    if (answer.ok) draw((await answer.json()).messages);
    state.textContent = waitingSince && Date.now() - waitingSince < 25000 ? "typing …" : main.dataset.phone;
  } catch {
    state.textContent = "no connection";
  }
}

async function act(action, given, isSilent) {
  const way = document.querySelector("input[name=way]:checked")?.value;
  const extra = isSilent ? {} : { copies: way === "double" ? 3 : 1, drop: way === "drop" };
  if (!isSilent && action !== "pass_time" && action !== "break_vendor" && way !== "drop") waitingSince = Date.now();
  await fetch(main.dataset.act, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Requested-With": "simulator" },
    body: JSON.stringify({ to: main.dataset.phone, action, ...given, ...extra }),
  });
  if (!isSilent) document.querySelector("input[name=way][value='']").checked = true;
  await look();
}

document.getElementById("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = document.getElementById("text");
  if (text.value.trim()) act("write", { text: text.value });
  text.value = "";
});
document.getElementById("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => act("file", { content: reader.result.split(",")[1], content_type: file.type }));
  reader.readAsDataURL(file);
  event.target.value = "";
});
for (const button of document.querySelectorAll("[data-say]")) button.addEventListener("click", () => act("write", { text: button.dataset.say }));
for (const button of document.querySelectorAll("[data-hours]")) button.addEventListener("click", () => act("pass_time", { hours: Number(button.dataset.hours) }));
for (const button of document.querySelectorAll("[data-fault]")) button.addEventListener("click", () => act("break_vendor", { fault: button.dataset.fault, count: 2 }));
look();
setInterval(look, EVERY_MS);
