// The legend, made from what is drawn: every shape, colour and line, counted; a click switches it.

import { valueName } from "./app.js";
import { byId, el, fill, svgEl } from "./dom.js";
import { toggleValue } from "./facets.js";
import { markGlyph } from "./marks.js";
import { DASHES, GREY, legendEntries, UNKNOWN } from "./style.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function updateLegend(app) {
  const { state } = app.store;
  const kinds = legendEntries(app.model, app.view, state, "kind");
  if (app.overview) return fill(byId("legend"), colourKeys(app, "cluster"));
  const byKind = state.colour === "kind" && !app.departure;
  fill(byId("legend"), [
    ...kinds.map((entry) => key(app, "kind", entry, byKind ? entry.colour : UNKNOWN)),
    ...(app.departure ? pieceKeys(app) : byKind ? [] : colourKeys(app, state.colour)),
    ...lineKeys(app),
  ]);
}

/**
 * Values that have a colour of their own; the rest in one grey entry that says why.
 * @param {App} app
 * @param {string} facet
 */
function colourKeys(app, facet) {
  const entries = legendEntries(app.model, app.view, app.store.state, facet);
  const own = entries.filter((entry) => entry.colour !== GREY);
  const grey = entries.filter((entry) => entry.colour === GREY);
  const count = grey.reduce((sum, entry) => sum + entry.count, 0);
  const rest = el(
    "span",
    { class: "key why", title: app.words.say("legend.grey") },
    markGlyph(0, GREY),
    app.words.say("legend.others", { n: grey.length }),
    el("span", { class: "n" }, app.words.number(count)),
  );
  return [...own.map((entry) => key(app, facet, entry, entry.colour)), ...(grey.length ? [rest] : [])];
}

/**
 * @param {App} app
 * @param {string} facet
 * @param {import("./style.js").Entry} entry
 * @param {number} colour
 */
function key(app, facet, entry, colour) {
  const name = capital(valueName(app, facet, entry.value));
  const click = () => {
    toggleValue(app, facet, entry.value);
    const again = byId("legend").querySelector(`[data-key="${CSS.escape(`${facet} ${entry.value}`)}"]`);
    if (again instanceof HTMLElement) again.focus();
  };
  return el(
    "button",
    {
      type: "button",
      class: "key",
      "data-key": `${facet} ${entry.value}`,
      "aria-pressed": String(!entry.hidden),
      title: entry.value === "" ? app.words.say("legend.unknown") : name,
      on: { click },
    },
    markGlyph(entry.shape, colour),
    el("bdi", {}, name),
    el("span", { class: "n" }, app.words.number(entry.count)),
  );
}

/**
 * The pieces that are left when a node is thought away.
 * @param {App} app
 */
function pieceKeys(app) {
  const { words, departure } = app;
  const large = (departure?.after ?? []).filter((piece) => piece.length > 1);
  const keys = large.slice(0, GREY).map((piece, p) => pieceKey(words.say("legend.piece", { n: p + 1 }), p, piece.length));
  const rest = large.slice(GREY).reduce((sum, piece) => sum + piece.length, 0);
  const alone = (departure?.after.length ?? 0) - large.length;
  if (rest + alone) keys.push(pieceKey(words.say("legend.others", { n: large.slice(GREY).length + alone }), GREY, rest + alone));
  return keys;
}

/**
 * @param {string} name
 * @param {number} colour
 * @param {number} size
 */
function pieceKey(name, colour, size) {
  return el("span", { class: "key" }, markGlyph(0, colour), name, el("span", { class: "n" }, String(size)));
}

/** @param {App} app */
function lineKeys(app) {
  const shown = legendEntries(app.model, app.view, app.store.state, "status").filter((entry) => entry.count > 0);
  const codes = app.model.facets.find((f) => f.key === "status");
  return shown.map((entry) => {
    const dash = app.style.dash[codes ? codes.codes.indexOf(codes.values.indexOf(entry.value)) : 0];
    const line = svgEl("path", { d: "M0 5h24", "stroke-dasharray": DASHES[dash].join(" ") });
    const svg = svgEl("svg", { class: "line", viewBox: "0 0 24 10", "aria-hidden": "true" }, line);
    return el("span", { class: "key" }, svg, capital(valueName(app, "status", entry.value)), el("span", { class: "n" }, app.words.number(entry.count)));
  });
}

/**
 * What the marks can be coloured and sized by.
 * @param {App} app
 */
export function buildPickers(app) {
  const { words, model, store } = app;
  const colour = /** @type {HTMLSelectElement} */ (byId("colour"));
  const facets = model.facets.filter((f) => f.of === "node" && new Set(f.codes).size > 1);
  const colours = facets.some((f) => f.key === "kind") ? facets : model.facets.filter((f) => f.key === "kind").concat(facets);
  fill(colour, colours.map((f) => el("option", { value: f.key }, capital(words.label("facet", f.key)))));
  colour.value = store.state.colour;
  const size = /** @type {HTMLSelectElement} */ (byId("size"));
  fill(size, [
    ...model.measures.map((m) => el("option", { value: m.key }, capital(words.label("measure", m.key)))),
    el("option", { value: "same" }, capital(words.say("size.same"))),
  ]);
  size.value = store.state.size;
}
