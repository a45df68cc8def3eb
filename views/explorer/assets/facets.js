// The filters: what may be switched off, how many of each there are, and what that leaves out.

import { valueName } from "./app.js";
import { byId, el, fill } from "./dom.js";
import { markGlyph } from "./marks.js";
import { differing, facetTotals } from "./model.js";
import { SHAPES, valueColours } from "./style.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./model.js").Facet} Facet */

const SHORT = 8;

/** Facets whose longer lists are open. */
const opened = new Set();

/**
 * Build the filters; after that only `updateFacets` is needed until the language changes.
 * @param {App} app
 */
export function buildFacets(app) {
  const worth = app.model.facets.filter(differing);
  fill(byId("facets"), worth.map((facet) => facetGroup(app, facet)));
  updateFacets(app);
}

/**
 * @param {App} app
 * @param {Facet} facet
 */
function facetGroup(app, facet) {
  const title = capital(app.words.label("facet", facet.key));
  const all = facetTotals(facet);
  const values = facet.values.filter((_, v) => all[v] > 0);
  const open = opened.has(facet.key) || values.length <= SHORT + 1;
  const rows = (open ? values : values.slice(0, SHORT)).map((value) => facetRow(app, facet, value));
  const more = el(
    "button",
    { type: "button", class: "link more", on: { click: () => openList(app, facet.key) } },
    app.words.say("facet.more", { n: values.length - SHORT }),
  );
  const clear = () => setHidden(app, facet.key, []);
  return el(
    "fieldset",
    { class: "facet", "data-facet": facet.key },
    el("legend", {}, el("span", { class: "hidden-text" }, title)),
    el(
      "div",
      { class: "caption" },
      el("h3", { "aria-hidden": "true" }, title),
      el("span", { class: "hides" }),
      el("button", { type: "button", class: "link all", hidden: true, on: { click: clear } }, app.words.say("facet.all")),
    ),
    ...rows,
    open ? null : more,
  );
}

/**
 * @param {App} app
 * @param {string} key
 */
function openList(app, key) {
  opened.add(key);
  buildFacets(app);
  const row = document.querySelector(`[data-facet="${key}"] .row:nth-of-type(${SHORT + 2}) input`);
  if (row instanceof HTMLElement) row.focus();
}

/**
 * @param {App} app
 * @param {Facet} facet
 * @param {string} value
 */
function facetRow(app, facet, value) {
  const name = capital(valueName(app, facet.key, value));
  const index = facet.values.indexOf(value);
  const toggle = () => toggleValue(app, facet.key, value);
  const only = () => setHidden(app, facet.key, facet.values.filter((v) => v !== value));
  const mark = facet.key === "kind" ? markGlyph(index % SHAPES.length, valueColours(app.model, "kind")[index]) : null;
  return el(
    "div",
    { class: "row", "data-value": value },
    el(
      "label",
      {},
      el("input", { type: "checkbox", on: { change: toggle } }),
      mark,
      el("bdi", { class: "name" }, name),
      el("span", { class: "n" }),
    ),
    el(
      "button",
      { type: "button", class: "only", "aria-label": app.words.say("facet.only.label", { name }), on: { click: only } },
      app.words.say("facet.only"),
    ),
  );
}

/**
 * Show or hide one value of a facet.
 * @param {App} app
 * @param {string} key
 * @param {string} value
 */
export function toggleValue(app, key, value) {
  const hidden = app.store.state.hidden[key] ?? [];
  setHidden(app, key, hidden.includes(value) ? hidden.filter((v) => v !== value) : [...hidden, value]);
}

/**
 * @param {App} app
 * @param {string} key
 * @param {string[]} values
 */
export function setHidden(app, key, values) {
  app.store.set({ hidden: { ...app.store.state.hidden, [key]: values } });
}

/**
 * Bring counts and ticks up to date.
 * @param {App} app
 */
export function updateFacets(app) {
  const { words, view, store } = app;
  for (const facet of app.model.facets) {
    const group = document.querySelector(`[data-facet="${facet.key}"]`);
    if (!group) continue;
    const hidden = store.state.hidden[facet.key] ?? [];
    for (const row of group.querySelectorAll(".row")) {
      const value = row.getAttribute("data-value") ?? "";
      const count = view.counts[facet.key][facet.values.indexOf(value)];
      const box = /** @type {HTMLInputElement} */ (row.querySelector("input"));
      box.checked = !hidden.includes(value);
      row.classList.toggle("none", count === 0);
      fill(/** @type {Element} */ (row.querySelector(".n")), [words.number(count)]);
    }
    const removed = view.removed[facet.key];
    fill(/** @type {Element} */ (group.querySelector(".hides")), [removed ? words.say("facet.hides", { n: removed }) : ""]);
    /** @type {HTMLElement} */ (group.querySelector(".all")).hidden = !hidden.length;
  }
  updateSummary(app);
}

/** @param {App} app */
function updateSummary(app) {
  const { words, view, model, store } = app;
  const state = store.state;
  fill(byId("shown"), [
    el("b", {}, words.say("shown.part", { n: view.nodes, all: words.count("nodes", model.n) })),
    el("span", {}, words.say("shown.part", { n: view.ties, all: words.count("ties", model.m) })),
  ]);
  const filters = Object.values(state.hidden).filter((values) => values.length).length + (state.period ? 1 : 0) + (state.loose ? 0 : 1);
  byId("reset").hidden = state.hidden === store.initial.hidden && !state.period && state.loose && !state.cluster;
  const badge = byId("filters-on");
  badge.hidden = !filters;
  fill(badge, [String(filters)]);
  fill(byId("counts"), [`${words.count("nodes", view.nodes)} · ${words.count("ties", view.ties)}`]);
}
