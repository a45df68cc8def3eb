// The legend, made from what is drawn: every shape, colour and line, counted; a click switches it.

import { colourName, valueName } from "./app.js";
import { arrangementsOf } from "./arrange.js";
import { byId, el, fill, svgEl } from "./dom.js";
import { PAST } from "./drawing.js";
import { toggleValue } from "./facets.js";
import { markGlyph } from "./marks.js";
import { differing } from "./model.js";
import { DASHES, GREY, legendEntries, OWN, PALE, ramp, rangeOf, UNKNOWN, WIDTHS } from "./style.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function updateLegend(app) {
  const { state } = app.store;
  const kinds = legendEntries(app.model, app.view, state, "kind");
  if (app.overview) return fill(byId("legend"), colourKeys(app, state.colour));
  const byKind = state.colour === "kind" && !app.departure;
  fill(byId("legend"), [
    ...kinds.map((entry) => key(app, "kind", entry, byKind ? entry.colour : UNKNOWN)),
    ...(app.departure ? pieceItems(app).map(pieceKey) : byKind ? [] : colourKeys(app, state.colour)),
    ...lineKeys(app),
  ]);
}

/**
 * Values that have a colour of their own; the rest in one grey entry that says why.
 * @param {App} app
 * @param {string} facet
 */
function colourKeys(app, facet) {
  const measure = app.model.measures.find((m) => m.key === facet);
  if (measure) return rampKeys(app, measure);
  const entries = legendEntries(app.model, app.view, app.store.state, facet);
  const own = entries.filter((entry) => entry.colour !== GREY);
  const grey = entries.filter((entry) => entry.colour === GREY);
  const count = grey.reduce((sum, entry) => sum + entry.count, 0);
  const rest = el(
    "span",
    { class: "key why", title: app.words.say("legend.grey") },
    markGlyph(0, GREY),
    app.words.count("legend.others", grey.length),
    el("span", { class: "n" }, app.words.number(count)),
  );
  return [...(facet === "cluster" ? [verdict(app), between(app)] : []), ...own.map((entry) => key(app, facet, entry, entry.colour)), ...(grey.length ? [rest] : [])];
}

/**
 * Whether the clusters are more than chance: a colour alone would claim it.
 * @param {App} app
 */
function verdict({ words, model }) {
  const sure = Object.keys(model.clusters.each).length ? ` · ${words.say("cluster.sure")}` : "";
  return el("span", { class: "key why", id: "verdict" }, `${words.say(`cluster.${model.clusters.verdict}`)}${sure}`);
}

/**
 * How many shown nodes sit between two clusters.
 * @param {App} app
 */
export function countBetween({ model, view, overview }) {
  return overview ? 0 : Object.keys(model.clusters.second).filter((i) => view.node[Number(i)]).length;
}

/** @param {App} app */
function between(app) {
  const { words } = app;
  const count = countBetween(app);
  return count ? el("span", { class: "key why", id: "between" }, markGlyph(0, PALE), words.say("cluster.between"), el("span", { class: "n" }, words.number(count))) : null;
}

/**
 * The colours of a measure from low to high, and how many have none.
 * @param {App} app
 * @param {import("./model.js").Measure} measure
 */
function rampKeys(app, measure) {
  const { words, view } = app;
  const steps = ramp().map((fill, s) => svgEl("rect", { x: 4 * s, y: 0, width: 4.5, height: 12, fill }));
  const scale = svgEl("svg", { class: "ramp", viewBox: `0 0 ${4 * steps.length} 12`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...steps);
  const [low, high] = rangeOf(measure);
  const name = capital(words.label("measure", measure.key));
  const keys = [el("span", { class: "key", id: "ramp" }, `${name} ${words.number(low)}`, scale, words.number(high))];
  const unknown = view.node.reduce((sum, shown, i) => sum + (shown && Number.isNaN(measure.values[i]) ? 1 : 0), 0);
  if (unknown) keys.push(el("span", { class: "key", title: words.say("legend.unknown") }, markGlyph(0, UNKNOWN), words.say("unknown"), el("span", { class: "n" }, words.number(unknown))));
  return keys;
}

/**
 * @param {App} app
 * @param {string} facet
 * @param {import("./style.js").Entry} entry
 * @param {number} colour
 */
function key(app, facet, entry, colour) {
  const name = capital(valueName(app, facet, entry.value));
  const sure = facet === "cluster" ? app.model.clusters.each[entry.value] : undefined;
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
    el("span", { class: "n" }, app.words.number(entry.count), sure === undefined ? "" : ` (${app.words.number(sure)})`),
  );
}

/**
 * The pieces that are left when a node is thought away: the large ones by number, then the rest.
 * @param {App} app
 */
export function pieceItems({ words, departure }) {
  const large = (departure?.after ?? []).filter((piece) => piece.length > 1);
  const items = large.slice(0, GREY).map((piece, p) => ({ name: words.say("legend.piece", { n: p + 1 }), colour: p, size: piece.length }));
  const rest = large.slice(GREY).reduce((sum, piece) => sum + piece.length, 0);
  const alone = (departure?.after.length ?? 0) - large.length;
  if (rest + alone) items.push({ name: words.count("legend.others", large.slice(GREY).length + alone), colour: GREY, size: rest + alone });
  return items;
}

/** @param {ReturnType<typeof pieceItems>[number]} piece */
function pieceKey({ name, colour, size }) {
  return el("span", { class: "key" }, markGlyph(0, colour), name, el("span", { class: "n" }, String(size)));
}

/** @param {App} app */
function lineKeys(app) {
  const shown = legendEntries(app.model, app.view, app.store.state, "status").filter((entry) => entry.count > 0);
  const codes = app.model.facets.find((f) => f.key === "status");
  const keys = shown.map((entry) => {
    const dash = app.style.dash[codes ? codes.codes.indexOf(codes.values.indexOf(entry.value)) : 0];
    const line = svgEl("path", { d: "M0 5h24", "stroke-dasharray": DASHES[dash].join(" "), "stroke-width": 1.6 * WIDTHS[dash] });
    const svg = svgEl("svg", { class: "line", viewBox: "0 0 24 10", "aria-hidden": "true" }, line);
    return el("span", { class: "key" }, svg, capital(valueName(app, "status", entry.value)), el("span", { class: "n" }, app.words.number(entry.count)));
  });
  return [...keys, ...endedKey(app)];
}

/**
 * What a faded line says and of how many ties, where one is drawn.
 * @param {App} app
 */
export function endedItem({ style, view, words, model }) {
  const count = style.ended ? style.ended.tie.reduce((sum, gone, t) => sum + (gone & view.tie[t]), 0) : 0;
  return count ? { name: capital(words.say("ended.key", { day: model.ended.day })), count: words.number(count) } : null;
}

/** @param {App} app */
function endedKey(app) {
  const item = endedItem(app);
  if (!item) return [];
  const line = svgEl("path", { d: "M0 5h24", "stroke-width": 1.6, opacity: PAST });
  const svg = svgEl("svg", { class: "line", viewBox: "0 0 24 10", "aria-hidden": "true" }, line);
  return [el("span", { class: "key", id: "ended-key" }, svg, item.name, el("span", { class: "n" }, item.count))];
}

/**
 * What the marks can be coloured and sized by.
 * @param {App} app
 */
export function buildPickers(app) {
  const { words, model, store } = app;
  const colour = /** @type {HTMLSelectElement} */ (byId("colour"));
  const facets = model.facets.filter((f) => f.of === "node" && differing(f));
  const colours = facets.some((f) => f.key === "kind") ? facets : model.facets.filter((f) => f.key === "kind").concat(facets);
  const keys = [...(model.looks ? [OWN] : []), ...colours.map((f) => f.key), ...model.measures.map((m) => m.key)];
  fill(colour, keys.map((value) => el("option", { value }, capital(colourName(app, value)))));
  colour.value = store.state.colour;
  const size = /** @type {HTMLSelectElement} */ (byId("size"));
  fill(size, [
    ...model.measures.map((m) => el("option", { value: m.key }, capital(words.label("measure", m.key)))),
    el("option", { value: "same" }, capital(words.say("size.same"))),
    model.looks ? el("option", { value: OWN }, capital(words.say("colour.own"))) : null,
  ]);
  size.value = store.state.size;
  const places = /** @type {HTMLSelectElement} */ (byId("arrange"));
  fill(places, arrangementsOf(model).map((value) => el("option", { value }, capital(words.say(`arrange.${value}`)))));
  places.value = store.state.arrange;
  /** @type {HTMLInputElement} */ (byId("named")).checked = store.state.named !== "";
}
