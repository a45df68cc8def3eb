// Which nodes and ties are shown, and what each filter leaves out.

import { breadthFirst } from "./walks.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./state.js").State} State */
/**
 * @typedef {object} View
 * @property {Uint8Array} node  1 where shown
 * @property {Uint8Array} tie
 * @property {number} nodes  how many are shown
 * @property {number} ties
 * @property {Int32Array} tiesOf  shown ties of each node
 * @property {Int32Array} neighbours  distinct shown neighbours of each node
 * @property {Record<string, number[]>} counts  by facet and value, as if that facet were open
 * @property {Record<string, number>} removed  by filter: what it alone leaves out
 * @property {number} undated  shown ties without a date, where a period is set
 * @property {Int32Array} reach  steps from the focus, -1 outside it; empty without focus
 */

const PERIOD = "period";
const WITHOUT = "without";
const FOCUS = "focus";
const OPENED = "opened";

/**
 * Apply all filters.
 * @param {Model} model
 * @param {State} state
 * @returns {View}
 */
export function computeView(model, state) {
  const nodeFacets = model.facets.filter((f) => f.of === "node");
  const tieFacets = model.facets.filter((f) => f.of === "tie");
  const nodeFail = failures(model.n, nodeFacets, state);
  const tieFail = failures(model.m, tieFacets, state);
  const nodeBits = [...nodeFacets.map((f) => f.key), PERIOD, WITHOUT, OPENED, FOCUS, "loose"];
  const tieBits = [...tieFacets.map((f) => f.key), PERIOD];
  const bit = (/** @type {string[]} */ bits, /** @type {string} */ key) => 1 << bits.indexOf(key);
  if (state.period) {
    failPeriod(model.nodeSpan, state.period, nodeFail, bit(nodeBits, PERIOD));
    failPeriod(model.tieSpan, state.period, tieFail, bit(tieBits, PERIOD));
  }
  if (state.without >= 0) nodeFail[state.without] |= bit(nodeBits, WITHOUT);
  failOpened(model, state, nodeFail, bit(nodeBits, OPENED));
  const reach = failFocus(model, state, nodeFail, tieFail, bit(nodeBits, FOCUS));
  const tie = tiesBetween(model, nodeFail, tieFail);
  const { tiesOf, neighbours } = degrees(model, tie);
  if (!state.loose) {
    for (let i = 0; i < model.n; i++) if (!tiesOf[i]) nodeFail[i] |= bit(nodeBits, "loose");
  }
  const node = new Uint8Array(model.n);
  for (let i = 0; i < model.n; i++) node[i] = nodeFail[i] ? 0 : 1;
  return {
    node,
    tie,
    nodes: total(node),
    ties: total(tie),
    tiesOf,
    neighbours,
    counts: {
      ...facetCounts(nodeFacets, nodeFail, null),
      ...facetCounts(tieFacets, tieFail, endsShown(model, node)),
    },
    removed: { ...onlyBecause(tieFail, tieBits), ...onlyBecause(nodeFail, nodeBits) },
    undated: state.period ? undatedTies(model, tie) : 0,
    reach,
  };
}

/**
 * Ties that no filter on ties leaves out, whatever is filtered of their ends.
 * @param {Model} model
 * @param {State} state
 * @returns {Uint8Array}
 */
export function keptTies(model, state) {
  const facets = model.facets.filter((f) => f.of === "tie");
  const fail = failures(model.m, facets, state);
  if (state.period) failPeriod(model.tieSpan, state.period, fail, 1 << facets.length);
  return Uint8Array.from(fail, (bits) => (bits ? 0 : 1));
}

/**
 * Bits of the facets that leave out each row.
 * @param {number} count
 * @param {import("./model.js").Facet[]} facets
 * @param {State} state
 */
function failures(count, facets, state) {
  const fail = new Uint32Array(count);
  facets.forEach((facet, b) => {
    const hidden = state.hidden[facet.key] ?? [];
    if (!hidden.length) return;
    const out = facet.values.map((value) => hidden.includes(value));
    for (let i = 0; i < count; i++) if (out[facet.codes[i]]) fail[i] |= 1 << b;
  });
  return fail;
}

/**
 * Leave out what cannot overlap the period; what has no date stays.
 * @param {import("./model.js").Span} span
 * @param {[number, number]} period
 * @param {Uint32Array} fail
 * @param {number} bit
 */
function failPeriod(span, [low, high], fail, bit) {
  for (let i = 0; i < fail.length; i++) {
    if (span.from[i] > high || span.to[i] < low) fail[i] |= bit;
  }
}

/**
 * Leave out what is not in the cluster that was opened.
 * @param {Model} model
 * @param {State} state
 * @param {Uint32Array} fail
 * @param {number} bit
 */
function failOpened(model, state, fail, bit) {
  const facet = model.facets.find((f) => f.key === "cluster");
  const opened = facet ? facet.values.indexOf(state.cluster) : -1;
  if (!facet || opened < 0 || state.cluster === "") return;
  for (let i = 0; i < fail.length; i++) if (facet.codes[i] !== opened) fail[i] |= bit;
}

/**
 * Leave out what lies further from the focus than its steps.
 * @param {Model} model
 * @param {State} state
 * @param {Uint32Array} nodeFail
 * @param {Uint32Array} tieFail
 * @param {number} bit
 */
function failFocus(model, state, nodeFail, tieFail, bit) {
  if (state.focus < 0) return new Int32Array(0);
  const tie = tiesBetween(model, nodeFail, tieFail);
  const { distance } = breadthFirst(model, tie, state.focus, state.steps);
  for (let i = 0; i < model.n; i++) if (distance[i] < 0) nodeFail[i] |= bit;
  return distance;
}

/**
 * @param {Model} model
 * @param {Uint32Array} nodeFail
 * @param {Uint32Array} tieFail
 */
function tiesBetween(model, nodeFail, tieFail) {
  const { source, target } = model;
  const tie = new Uint8Array(model.m);
  for (let t = 0; t < model.m; t++) tie[t] = tieFail[t] || nodeFail[source[t]] || nodeFail[target[t]] ? 0 : 1;
  return tie;
}

/**
 * @param {Model} model
 * @param {Uint8Array} tie
 */
function degrees(model, tie) {
  const tiesOf = new Int32Array(model.n);
  const neighbours = new Int32Array(model.n);
  const seen = new Uint8Array(model.m);
  for (let t = 0; t < model.m; t++) {
    const s = model.source[t];
    const g = model.target[t];
    if (!tie[t] || s === g) continue;
    tiesOf[s]++;
    tiesOf[g]++;
    if (seen[model.pair[t]]) continue;
    seen[model.pair[t]] = 1;
    neighbours[s]++;
    neighbours[g]++;
  }
  return { tiesOf, neighbours };
}

/**
 * Rows by value of each facet, that facet itself left open.
 * @param {import("./model.js").Facet[]} facets  the first bits, in this order
 * @param {Uint32Array} fail
 * @param {Uint8Array | null} among  rows that can count at all
 * @returns {Record<string, number[]>}
 */
function facetCounts(facets, fail, among) {
  const others = -1 << facets.length;
  const rows = new Int32Array(fail.length);
  let kept = 0;
  for (let i = 0; i < fail.length; i++) {
    const f = fail[i];
    // At most one facet leaves it out, and nothing else does.
    if ((among && !among[i]) || f & others || f & (f - 1)) continue;
    rows[kept++] = i;
  }
  return Object.fromEntries(
    facets.map(({ key, codes, values }, b) => {
      const counts = new Array(values.length).fill(0);
      for (let p = 0; p < kept; p++) {
        const i = rows[p];
        if (!(fail[i] & ~(1 << b))) counts[codes[i]]++;
      }
      return [key, counts];
    }),
  );
}

/**
 * @param {Model} model
 * @param {Uint8Array} node
 */
function endsShown(model, node) {
  const { source, target } = model;
  const both = new Uint8Array(model.m);
  for (let t = 0; t < model.m; t++) both[t] = node[source[t]] & node[target[t]];
  return both;
}

/**
 * How many rows each filter alone leaves out.
 * @param {Uint32Array} fail
 * @param {string[]} bits
 * @returns {Record<string, number>}
 */
function onlyBecause(fail, bits) {
  const removed = new Array(bits.length).fill(0);
  for (let i = 0; i < fail.length; i++) {
    const f = fail[i];
    if (f && !(f & (f - 1))) removed[31 - Math.clz32(f)]++;
  }
  return Object.fromEntries(bits.map((key, b) => [key, removed[b]]));
}

/**
 * @param {Model} model
 * @param {Uint8Array} tie
 */
function undatedTies(model, tie) {
  let count = 0;
  for (let t = 0; t < model.m; t++) count += tie[t] && !model.tieSpan.dated[t] ? 1 : 0;
  return count;
}

/** @param {Uint8Array} flags */
function total(flags) {
  let sum = 0;
  for (let i = 0; i < flags.length; i++) sum += flags[i];
  return sum;
}
