// The sheet of a tie: what it is, its two ends to walk to, and the other ties between these two.

import { el, glyph, ICONS, isolated } from "./dom.js";
import { kindMark } from "./marks.js";
import { aboutTie, clipped } from "./receipts.js";
import { parallelTo, tieName, tieSentence } from "./ties.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */

/**
 * Select a tie and say what it is; -1 selects none.
 * @param {App} app
 * @param {number} t
 * @param {"list" | "stage"} [from]
 */
export function selectTie(app, t, from) {
  app.store.set({ tie: t });
  if (t < 0) return;
  app.announce(tieSentence(app, t));
  if (from === "list") document.getElementById("sheet-name")?.focus({ preventScroll: true });
}

/**
 * The heading of a tie's sheet: its kind between its ends.
 * @param {App} app
 * @param {number} t
 * @returns {HTMLElement[]}
 */
export function tieHeading(app, t) {
  const { model } = app;
  const way = model.directed[t] ? "down" : "both";
  return [
    el("h2", { id: "sheet-name", tabindex: "-1" }, capital(tieName(app, t))),
    el("div", { class: "ends-of" }, end(app, model.source[t]), glyph(ICONS[way], { className: "icon small" }), end(app, model.target[t])),
  ];
}

/**
 * @param {App} app
 * @param {number} node
 */
function end(app, node) {
  const { model } = app;
  const name = isolated(clipped(model.nodes.name[node], 200));
  return el("button", { type: "button", class: "walk", "data-node": model.nodes.id[node], on: { click: () => app.select(node, "list") } }, kindMark(model, node), name);
}

/**
 * The facts of a tie with their receipts; then its parallel ties, each of them to open.
 * @param {App} app
 * @param {number} t
 */
export function tieParts(app, t) {
  const { model, words } = app;
  const others = parallelTo(app, t).filter((other) => other !== t);
  const item = (/** @type {number} */ other) =>
    el("li", { class: "tie", "data-tie": model.ties.id[other] }, tieButton(app, other, capital(tieName(app, other))), aboutTie(app, other));
  return [
    el("section", { class: "part" }, aboutTie(app, t)),
    others.length ? el("section", { class: "part" }, el("h3", {}, words.say("tie.others"), " ", el("span", { class: "n" }, words.number(others.length))), el("ul", { class: "ties" }, ...others.map(item))) : null,
  ];
}

/**
 * A button that opens a tie.
 * @param {App} app
 * @param {number} t
 * @param {string} text
 */
export function tieButton(app, t, text) {
  return el("button", { type: "button", class: "link", on: { click: () => selectTie(app, t, "list") } }, text);
}
