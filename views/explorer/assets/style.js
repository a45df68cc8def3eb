// How what is shown looks: a shape for the kind, a colour for the facet, a size for the measure.
// The legend is made here, from the same numbers.

import { facetOf, facetTotals } from "./model.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./filters.js").View} View */
/** @typedef {import("./state.js").State} State */
/** @typedef {{value: string, count: number, shape: number, colour: number, hidden: boolean}} Entry */
/**
 * @typedef {object} Style
 * @property {Uint8Array} shape  by node, index into SHAPES
 * @property {Uint16Array} colour  by node, index into `colours`
 * @property {string[]} colours
 * @property {({colour: number, share: number}[] | null)[]} [pies]  by node, where it stands for several of other colours
 * @property {{colour: string, size: string}} by  what colour and size stand for
 * @property {Float32Array} radius  by node, in pixels at fit
 * @property {Uint8Array} dash  by tie, index into DASHES
 * @property {Int16Array} slot  by tie: which of the shown parallel ties of its pair it is
 * @property {Int16Array} slots  by tie: how many there are
 * @property {import("./model.js").Ended | null} ended  what is faded; null where the reader chose years
 * @property {boolean} arrows
 * @property {number[]} order  shown nodes, most important first
 * @property {number} strong  how many of them bear a heavier label
 */

// In the order of the vocabulary's node kinds.
export const SHAPES = ["circle", "hexagon", "square", "triangle", "diamond"];

// Okabe & Ito (2008), without its black; then what has no colour of its own, and what is unknown.
export const COLOURS = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#f0e442",
  "#8a93a0",
  "#d5d9df",
];
export const GREY = 7;
export const UNKNOWN = 8;
// Each colour once more, paler: a mark that belongs half elsewhere.
export const PALE = COLOURS.length;
export const WITH_PALE = [...COLOURS, ...COLOURS.map(paler)];

// Cividis (Nuñez, Anderton & Renslow 2018): a measure from low to high, the same for every eye.
const CIVIDIS = ["#00224e", "#1a386f", "#434e6c", "#61656f", "#7d7c78", "#9b9476", "#bcae6c", "#dec958", "#fee838"];
const STEPS = 33;
// What the data itself says about colour and size, where it was drawn for another program.
export const OWN = "own";

// Declared, confirmed, inferred, disputed, as the vocabulary has them: told apart without colours.
export const DASHES = [[], [], [6, 4], [1.5, 4]];
export const WIDTHS = [1, 2.2, 1, 1.3];
const MOST_STRONG = 20;
const ARROWS_UP_TO = 1500;

/**
 * @param {Model} model
 * @param {View} view
 * @param {State} state
 * @param {number[][] | null} pieces  colour these instead of a facet
 * @returns {Style}
 */
export function computeStyle(model, view, state, pieces) {
  const radius = radii(model, view, state.size);
  const order = [];
  for (let i = 0; i < model.n; i++) if (view.node[i]) order.push(i);
  order.sort((a, b) => radius[b] - radius[a] || view.tiesOf[b] - view.tiesOf[a] || a - b);
  return {
    ...fixed(model),
    ...colouring(model, state.colour, pieces),
    by: { colour: pieces ? "" : state.colour, size: state.size },
    radius,
    ...slots(model, view),
    ended: state.period || !model.ended.any ? null : model.ended,
    arrows: view.ties <= ARROWS_UP_TO,
    order,
    strong: Math.max(1, Math.min(MOST_STRONG, Math.round(order.length / 12))),
  };
}

/**
 * Colour of each value of a facet. Kinds, and short lists, keep theirs whatever is shown; of a
 * longer list the seven most frequent values are coloured.
 * @param {Model} model
 * @param {string} key
 * @returns {number[]}  by value
 */
export function valueColours(model, key) {
  const facet = facetOf(model, key);
  if (!facet) return [];
  let next = 0;
  return facet.values.map((value) => (value === "" ? UNKNOWN : next < GREY ? next++ : GREY));
}

/**
 * The colours, and which of them each node has.
 * @param {Model} model
 * @param {string} key  facet, measure, or OWN
 * @param {number[][] | null} pieces
 * @returns {{colour: Uint16Array, colours: string[]}}
 */
function colouring(model, key, pieces) {
  if (pieces) return { colour: pieceColours(model, pieces), colours: COLOURS };
  const measure = model.measures.find((m) => m.key === key);
  if (measure) return { colour: measureColours(measure), colours: [...ramp(), COLOURS[UNKNOWN]] };
  if (key === OWN && model.looks) return model.looks.colouring;
  const facet = facetOf(model, key);
  const colours = valueColours(model, key);
  const colour = new Uint16Array(model.n).fill(GREY);
  if (facet) for (let i = 0; i < model.n; i++) colour[i] = colours[facet.codes[i]];
  if (key !== "cluster") return { colour, colours: COLOURS };
  // Who sits between two clusters is paler: the colour says less of it.
  for (const i of Object.keys(model.clusters.second)) colour[Number(i)] += PALE;
  return { colour, colours: WITH_PALE };
}

/**
 * A colour mixed with white.
 * @param {string} hex
 */
function paler(hex) {
  const parts = [1, 3, 5].map((c) => Math.round(255 - (255 - parseInt(hex.slice(c, c + 2), 16)) * 0.4));
  return `#${parts.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Colours from low to high, in even steps.
 * @returns {string[]}
 */
export function ramp() {
  return Array.from({ length: STEPS }, (_, s) => {
    const at = (s * (CIVIDIS.length - 1)) / (STEPS - 1);
    const low = Math.min(Math.floor(at), CIVIDIS.length - 2);
    const part = (/** @type {string} */ hex, /** @type {number} */ c) => parseInt(hex.slice(c, c + 2), 16);
    const mixed = [1, 3, 5].map((c) => Math.round(part(CIVIDIS[low], c) + (at - low) * (part(CIVIDIS[low + 1], c) - part(CIVIDIS[low], c))));
    return `#${mixed.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
  });
}

/**
 * A step of the ramp for each node, by the square root of its value so that the few largest do not
 * leave all others in one colour; the step after the last where there is no value.
 * @param {import("./model.js").Measure} measure
 */
function measureColours(measure) {
  const [low, high] = rangeOf(measure);
  const reach = high - low || 1;
  return Uint16Array.from(measure.values, (v) => (Number.isNaN(v) ? STEPS : Math.round((STEPS - 1) * Math.sqrt((v - low) / reach))));
}

/**
 * Lowest and highest value of a measure.
 * @param {import("./model.js").Measure} measure
 * @returns {[number, number]}
 */
export function rangeOf(measure) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of measure.values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : [0, 0];
}

/**
 * @param {Model} model
 * @param {number[][]} pieces
 */
function pieceColours(model, pieces) {
  const colour = new Uint16Array(model.n).fill(GREY);
  pieces.forEach((piece, p) => {
    if (piece.length > 1) for (const i of piece) colour[i] = Math.min(p, GREY);
  });
  return colour;
}

/**
 * @param {Model} model
 * @param {View} view
 * @param {string} size
 */
function radii(model, view, size) {
  const low = Math.max(0.8, Math.min(7, 95 / Math.sqrt(Math.max(1, view.nodes))));
  const high = 3 * low;
  const values = size === OWN ? model.looks?.sizes : model.measures.find((m) => m.key === size)?.values;
  const radius = new Float32Array(model.n).fill(values ? low : (low * 2 + high) / 3);
  if (!values) return radius;
  // Against the largest of all, so that sizes stay what they are when filters change.
  let most = 0;
  for (const value of values) if (value > most) most = value;
  for (let i = 0; i < model.n; i++) {
    const share = most > 0 && values[i] > 0 ? values[i] / most : 0;
    radius[i] = low + (high - low) * Math.sqrt(Math.min(1, share));
  }
  return radius;
}

/** @type {WeakMap<Model, {shape: Uint8Array, dash: Uint8Array}>} */
const unchanging = new WeakMap();

/**
 * What never changes: the shapes of nodes and the dashes of ties.
 * @param {Model} model
 */
function fixed(model) {
  let found = unchanging.get(model);
  if (found) return found;
  const [kind, status] = [facetOf(model, "kind"), facetOf(model, "status")];
  found = { shape: new Uint8Array(model.n), dash: new Uint8Array(model.m) };
  if (kind) for (let i = 0; i < model.n; i++) found.shape[i] = kind.codes[i] % SHAPES.length;
  if (status) for (let t = 0; t < model.m; t++) found.dash[t] = status.codes[t] < DASHES.length ? status.codes[t] : 0;
  unchanging.set(model, found);
  return found;
}

/**
 * Parallel ties side by side.
 * @param {Model} model
 * @param {View} view
 */
function slots(model, view) {
  const inPair = new Int16Array(model.m);
  const slot = new Int16Array(model.m);
  const slots = new Int16Array(model.m);
  const { pair } = model;
  for (let t = 0; t < model.m; t++) if (view.tie[t]) slot[t] = inPair[pair[t]]++;
  for (let t = 0; t < model.m; t++) if (view.tie[t]) slots[t] = inPair[pair[t]];
  return { slot, slots };
}

/**
 * What the legend shows of a facet: every value that is drawn, or that the reader switched off.
 * @param {Model} model
 * @param {View} view
 * @param {State} state
 * @param {string} key
 * @returns {Entry[]}
 */
export function legendEntries(model, view, state, key) {
  const facet = facetOf(model, key);
  if (!facet) return [];
  const all = facetTotals(facet);
  const colours = valueColours(model, key);
  const hidden = state.hidden[key] ?? [];
  const never = model.hidden[key] ?? [];
  return facet.values
    .map((value, v) => ({
      value,
      count: hidden.includes(value) ? 0 : view.counts[key][v],
      shape: key === "kind" ? v % SHAPES.length : 0,
      colour: colours[v],
      hidden: hidden.includes(value),
    }))
    .filter((entry, v) => all[v] > 0 && (entry.count > 0 || (entry.hidden && !never.includes(entry.value))));
}

/**
 * @typedef {object} Palette
 * @property {string} ink
 * @property {string} paper
 * @property {string} muted
 * @property {string} tie
 * @property {string} accent
 * @property {string} outline
 * @property {string} font
 */

/**
 * The colours of the theme, as the style sheet has them.
 * @param {Element} element
 * @returns {Palette}
 */
export function readPalette(element) {
  const css = getComputedStyle(element);
  const of = (/** @type {string} */ name) => css.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"),
    paper: of("canvas"),
    muted: of("muted"),
    tie: of("tie"),
    accent: of("accent"),
    outline: of("outline"),
    font: getComputedStyle(document.body).fontFamily,
  };
}
