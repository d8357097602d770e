// What pages do beyond links and forms: keys, a refresh that waits for the reader, one announcement for those who listen.
"use strict";

let leads = false; // whether "g" was the key before
let paused = false;

const isTyping = (place) => place instanceof HTMLElement && place.closest("input, select, textarea, [contenteditable]");

function rowLinks() {
  return [...document.querySelectorAll("main tbody tr")]
    .map((row) => row.querySelector("a[href]"))
    .filter((link) => link !== null);
}

function moveBy(step) {
  const links = rowLinks();
  if (!links.length) return;
  const row = document.activeElement ? document.activeElement.closest("tr") : null;
  const at = links.findIndex((link) => row !== null && row.contains(link));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
}

function leave() {
  if (isTyping(document.activeElement)) {
    document.activeElement.blur();
    return;
  }
  const up = document.querySelector("main a[data-up]");
  if (up) up.click();
}

const keys = {
  "/": () => document.querySelector("#search")?.focus(),
  "?": () => { location.href = document.body.dataset.help; },
  j: () => moveBy(1),
  k: () => moveBy(-1),
  g: () => { leads = true; },
};

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { leave(); return; }
  if (isTyping(event.target)) return;
  if (leads) {
    leads = false;
    const link = document.querySelector(`.menu a[data-go="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
});

// A refresh must not take away what somebody reads, writes or has opened.
function isBusy() {
  const page = document.querySelector("#page");
  const chosen = document.getSelection();
  return paused || document.hidden || page === null || page.querySelector("details[open]") !== null
    || (isTyping(document.activeElement) && page.contains(document.activeElement))
    || (chosen !== null && !chosen.isCollapsed && page.contains(chosen.anchorNode));
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "page" && isBusy()) event.preventDefault();
});

let focused = null;
let announced = 0;
document.addEventListener("htmx:beforeSwap", () => {
  const link = document.activeElement ? document.activeElement.closest("#page a[href]") : null;
  focused = link ? link.getAttribute("href") : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (focused) document.querySelector(`#page a[href="${CSS.escape(focused)}"]`)?.focus();
  const news = document.querySelector("#news");
  const now = document.querySelector("#page [data-news]")?.dataset.news ?? "";
  if (news && now !== news.textContent && Date.now() - announced >= 5000) {
    news.textContent = now;
    announced = Date.now();
  }
});

const pause = document.querySelector("#pause");
if (pause) {
  const names = [pause.textContent, pause.dataset.goOn];
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = names[Number(paused)];
    pause.setAttribute("aria-pressed", String(paused));
  });
}

// A second click, before the answer of the first has come, sends nothing.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
