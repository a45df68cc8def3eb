// The keyboard: everything the mouse can do.

import { byId } from "./dom.js";
import { selectTie } from "./tiesheet.js";
import { widen } from "./notices.js";
import { neighboursOf } from "./walks.js";

/** @typedef {import("./app.js").App} App */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** @param {App} app */
export function listenToKeys(app) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches("input:not([type=checkbox]):not([type=range]), select, textarea");
    if (typing || document.querySelector("dialog[open]")) return;
    if (target.id === "stage" && event.key in ARROWS) walk(app, ARROWS[event.key]);
    else if (target.matches("input[type=range]") && event.key in ARROWS) return;
    else if (!press(app, event.key, target)) return;
    event.preventDefault();
  });
}

/**
 * Act on a key.
 * @param {App} app
 * @param {string} key
 * @param {HTMLElement} target
 * @returns {boolean}  whether the key means anything
 */
function press(app, key, target) {
  const { store, renderer } = app;
  const { selected, focus, tie } = store.state;
  if (key === "/") byId("query").focus();
  else if (key === "Enter" && target.id === "stage" && (selected >= 0 || tie >= 0)) byId("sheet-name").focus();
  else if (key === "Escape") return escape(app);
  else if (key === "f" && selected >= 0) store.set(focus === selected ? { focus: -1 } : { focus: selected, steps: 1, without: -1 });
  else if (key === "+" || key === "=") focus >= 0 ? widen(app, 1) : renderer.zoom(1.3);
  else if (key === "-") focus >= 0 ? widen(app, -1) : renderer.zoom(1 / 1.3);
  else if (key === "t" || key === "T") walkTies(app, key === "t" ? 1 : -1);
  else if (key === "0") renderer.fit();
  else if (key === "?") byId("help").click();
  else return false;
  return true;
}

/**
 * Step back from the last thing that was opened.
 * @param {App} app
 */
function escape(app) {
  const { store } = app;
  const { goal, held, focus, without, selected, tie } = store.state;
  const filters = byId("filters");
  if (filters.classList.contains("open")) byId("close-filters").click();
  else if (tie >= 0) store.set({ tie: -1 });
  else if (goal >= 0) store.set({ goal: -1 });
  else if (held >= 0) store.set({ held: -1 });
  else if (without >= 0) store.set({ without: -1 });
  else if (focus >= 0) store.set({ focus: -1 });
  else if (selected >= 0) store.set({ selected: -1 });
  else if (store.state.cluster) store.set({ cluster: "" });
  else return false;
  if (!byId("graph-pane").hidden) byId("stage").focus();
  return true;
}

/**
 * Go to the next or the last of the ties: those of the selected node, else all that are shown.
 * @param {App} app
 * @param {1 | -1} by
 */
function walkTies(app, by) {
  const { model, store, view } = app;
  const { selected, tie } = store.state;
  if (app.overview) return;
  const around = selected >= 0 && view.node[selected] ? Array.from(model.incident.subarray(model.first[selected], model.first[selected + 1])) : Array.from({ length: model.m }, (_, t) => t);
  const ties = around.filter((t) => view.tie[t]);
  const at = ties.indexOf(tie);
  if (ties.length) selectTie(app, ties[(at < 0 && by < 0 ? ties.length - 1 : at + by + ties.length) % ties.length], "stage");
  else app.announce(app.words.say("walk.none"));
}

/**
 * Go to the neighbour that lies in a direction; with nothing selected, to the best-tied node.
 * @param {App} app
 * @param {[number, number]} direction
 */
function walk(app, [dx, dy]) {
  const { model, store, view, style, words } = app;
  const here = store.state.selected;
  if (app.overview) return;
  if (here < 0 || !view.node[here]) {
    if (style.order.length) app.select(style.order[0], "stage");
    return;
  }
  let best = -1;
  let least = Infinity;
  for (const i of neighboursOf(model, view.tie, here)) {
    const [x, y] = [model.x[i] - model.x[here], model.y[i] - model.y[here]];
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 0 || across > 2 * along) continue;
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [i, cost];
  }
  if (best >= 0) app.select(best, "stage");
  else app.announce(words.say("walk.none"));
}
