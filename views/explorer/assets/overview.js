// The overview of a large or dense ecosystem: a disc for each cluster, named after what its members
// share, in the colours that they have: of several, as a pie. Fifty thousand dots are texture; some dozens of discs can be read, and opened.

import { clusterTitle } from "./app.js";
import { facetOf } from "./model.js";
import { PALE } from "./style.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./model.js").Model} Model */

// Of more nodes; or of fewer, with so many ties a node that they would be a hairball.
const ABOVE = 1000;
const [DENSE_ABOVE, DENSE] = [200, 10];
const FEWEST_DISCS = 3;
const SMALLEST = 4;
const LARGEST = 130;
// A smaller disc has the colour of most of its nodes; so has one of more colours than these.
const SMALLEST_PIE = 9;
const MOST_SLICES = 10;
// How much of a stage of ordinary size the discs cover together, and how far they are evened out.
const COVERED = 90_000;
const EVENED = 0.6;
const STAGE = [900, 560];
const GAP = 4;
const ROUNDS_APART = 40;
const MOST_PAIRS = 4e6;
// Of each disc only the strongest links to others are drawn.
const LINKS = 3;

/**
 * Whether the overview is what the stage shows.
 * @param {App} app
 */
export function isOverview(app) {
  const { model, store } = app;
  const discs = facetOf(model, "cluster")?.values.filter((value) => value !== "").length ?? 0;
  const large = model.n > ABOVE || (model.n > DENSE_ABOVE && model.m > DENSE * model.n);
  return large && discs >= FEWEST_DISCS && store.state.cluster === "";
}

/**
 * Clusters as a small graph of their own, as far as the filters show them.
 * @param {App} app
 * @returns {import("./renderer.js").Picture & {values: string[]}}
 */
export function overviewPicture(app) {
  const { model, view } = app;
  const facet = facetOf(model, "cluster");
  if (!facet) throw new Error("no clusters");
  const groups = gathered(model, view.node, facet);
  const links = strongest(model, view.tie, facet, groups.place);
  const n = groups.values.length;
  const m = links.length;
  const total = groups.size.reduce((a, b) => a + b, 0) || 1;
  const disc = (/** @type {number} */ size) => Math.sqrt((COVERED * size) / total / Math.PI);
  const radius = Float32Array.from(groups.size, (s) => Math.max(SMALLEST, Math.min(LARGEST, disc(s))));
  const small = /** @type {Model} */ ({
    n,
    m,
    label: groups.values.map((v, g) => discLabel(app, v, groups.size[g])),
    ...parted(evened(groups.x, radius), evened(groups.y, radius), radius),
    source: Int32Array.from(links, (l) => l[0]),
    target: Int32Array.from(links, (l) => l[1]),
    pair: Int32Array.from(links, (_, l) => l),
    directed: new Uint8Array(m),
  });
  const order = Array.from(groups.size, (_, g) => g).sort((a, b) => groups.size[b] - groups.size[a] || a - b);
  const style = {
    shape: new Uint8Array(n),
    ...discColours(app, facet, groups, radius),
    by: { colour: app.store.state.colour, size: "" },
    radius,
    dash: new Uint8Array(m),
    slot: new Int16Array(m),
    slots: new Int16Array(m).fill(1),
    ended: null,
    arrows: false,
    order,
    strong: Math.min(12, n),
  };
  const shown = { ...view, node: new Uint8Array(n).fill(1), tie: new Uint8Array(m).fill(1), nodes: n, ties: m };
  return { model: small, view: shown, style, palette: app.palette(), values: groups.values, named: false, tieName: () => "" };
}

/**
 * The colours of the nodes in each disc: that of most of them, and the slices where it is mixed.
 * @param {App} app
 * @param {import("./model.js").Facet} facet
 * @param {ReturnType<typeof gathered>} groups
 * @param {Float32Array} radius
 */
function discColours({ model, view, style }, facet, groups, radius) {
  const n = groups.values.length;
  /** @type {Map<number, number>[]} */
  const counts = Array.from({ length: n }, () => new Map());
  for (let i = 0; i < model.n; i++) {
    const disc = groups.place[facet.codes[i]];
    if (!view.node[i] || disc < 0) continue;
    // Who sits between two clusters is in this one all the same.
    const colour = style.by.colour === "cluster" ? style.colour[i] % PALE : style.colour[i];
    counts[disc].set(colour, (counts[disc].get(colour) ?? 0) + 1);
  }
  const sorted = counts.map((of) => [...of].sort((a, b) => b[1] - a[1] || a[0] - b[0]));
  const pies = sorted.map((of, disc) => (of.length > 1 && of.length <= MOST_SLICES && radius[disc] >= SMALLEST_PIE ? of.map(([colour, count]) => ({ colour, share: count / groups.size[disc] })) : null));
  return { colour: Uint16Array.from(sorted, (of) => of[0]?.[0] ?? 0), colours: style.colours, pies };
}

/**
 * Coordinates moved part of the way to where they would lie side by side, in the same order, each
 * with as much room as its disc takes.
 * @param {Float64Array} values
 * @param {Float32Array} radius
 */
function evened(values, radius) {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const [low, high] = [values[order[0]], values[order[order.length - 1]]];
  const total = radius.reduce((a, b) => a + b, 0) || 1;
  const out = values.slice();
  let before = 0;
  for (const i of order) {
    const even = low + ((high - low) * (before + radius[i] / 2)) / total;
    before += radius[i];
    out[i] += EVENED * (even - values[i]);
  }
  return out;
}

/**
 * Discs moved apart where they lie over each other on a stage of ordinary size.
 * @param {Float64Array} x
 * @param {Float64Array} y
 * @param {Float32Array} radius
 */
function parted(x, y, radius) {
  const onto = (/** @type {Float64Array} */ values, /** @type {number} */ size) => {
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const reach = values.reduce((a, b) => Math.max(a, b), -Infinity) - low || 1;
    return values.map((v) => ((v - low) / reach) * size);
  };
  const [px, py] = [onto(x, STAGE[0]), onto(y, STAGE[1])];
  // Of thousands of discs most are dots: one round is what there is time for.
  const rounds = Math.min(ROUNDS_APART, Math.ceil(MOST_PAIRS / x.length ** 2));
  for (let round = 0; round < rounds; round++) {
    for (let a = 0; a < px.length; a++) {
      for (let b = 0; b < a; b++) {
        const [dx, dy] = [px[a] - px[b] || 1e-3 * (a - b), py[a] - py[b]];
        const apart = radius[a] + radius[b] + GAP;
        if (dx * dx + dy * dy >= apart * apart) continue;
        const far = Math.hypot(dx, dy);
        const lacking = apart - far;
        // The smaller gives way.
        const share = radius[b] / (radius[a] + radius[b]);
        px[a] += ((dx * lacking) / far) * share;
        py[a] += ((dy * lacking) / far) * share;
        px[b] -= ((dx * lacking) / far) * (1 - share);
        py[b] -= ((dy * lacking) / far) * (1 - share);
      }
    }
  }
  return { x: px, y: py };
}

/**
 * What is written beside a disc.
 * @param {App} app
 * @param {string} value
 * @param {number} size
 */
function discLabel(app, value, size) {
  return `${clusterTitle(app, value)} · ${app.words.number(size)}`;
}

/**
 * Shown nodes by cluster: how many, and the middle of where they lie.
 * @param {Model} model
 * @param {Uint8Array} node
 * @param {import("./model.js").Facet} facet
 */
function gathered(model, node, facet) {
  const count = facet.values.length;
  const [size, sumX, sumY] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < model.n; i++) {
    if (!node[i]) continue;
    const c = facet.codes[i];
    size[c]++;
    sumX[c] += model.x[i];
    sumY[c] += model.y[i];
  }
  // Nodes without a cluster have nothing in common that a disc could show.
  const kept = facet.values.map((_, c) => c).filter((c) => size[c] > 0 && facet.values[c] !== "");
  const place = new Int32Array(count).fill(-1);
  kept.forEach((c, g) => (place[c] = g));
  return {
    values: kept.map((c) => facet.values[c]),
    size: Float64Array.from(kept, (c) => size[c]),
    x: Float64Array.from(kept, (c) => sumX[c] / size[c]),
    y: Float64Array.from(kept, (c) => sumY[c] / size[c]),
    place,
  };
}

/**
 * The strongest links of each disc, as pairs of discs.
 * @param {Model} model
 * @param {Uint8Array} tie
 * @param {import("./model.js").Facet} facet
 * @param {Int32Array} place  disc by code
 * @returns {[number, number][]}
 */
function strongest(model, tie, facet, place) {
  /** @type {Map<number, number>} */
  const weight = new Map();
  const width = place.length;
  for (let t = 0; t < model.m; t++) {
    if (!tie[t]) continue;
    const a = place[facet.codes[model.source[t]]];
    const b = place[facet.codes[model.target[t]]];
    if (a < 0 || b < 0 || a === b) continue;
    const key = Math.min(a, b) * width + Math.max(a, b);
    weight.set(key, (weight.get(key) ?? 0) + 1);
  }
  const left = new Int32Array(width).fill(LINKS);
  /** @type {[number, number][]} */
  const links = [];
  for (const [key] of [...weight].sort((p, q) => q[1] - p[1] || p[0] - q[0])) {
    const [a, b] = [Math.floor(key / width), key % width];
    if (left[a] <= 0 && left[b] <= 0) continue;
    left[a]--;
    left[b]--;
    links.push([a, b]);
  }
  return links;
}
