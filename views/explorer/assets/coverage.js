// Who holds what, and where: capabilities by sphere and level of the partners, with the holes. It
// follows the filters on partners and ties; what is held counts even where its own kind is hidden.

import { keptTies } from "./filters.js";
import { facetOf } from "./model.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */
/**
 * @typedef {object} Place  a sphere and a level with at least one partner that holds something
 * @property {string} key  as the state has it
 * @property {string[]} values  "" where not on record
 * @property {number[]} partners
 */
/**
 * @typedef {object} Coverage
 * @property {Map<number, number[]>} holders  by what is held
 * @property {number[]} partners  that hold anything
 * @property {Place[]} places  in the order of the vocabulary
 * @property {[number, number] | null} filled  combinations of sphere and level that have a partner, of all
 */

const PLACED_BY = ["sphere", "level"];
// The place of partners of which neither is on record.
export const NOWHERE = PLACED_BY.map(() => "").join("/");

/** @type {WeakMap<import("./filters.js").View, Coverage>} */
const coverages = new WeakMap();

/**
 * Whether the data says of anybody what they hold.
 * @param {App} app
 */
export function hasCoverage({ model, words }) {
  return Array.from(model.ties.kind ?? []).some((kind) => isHeld(words, kind));
}

/**
 * Whether ties of a kind say what somebody holds.
 * @param {import("./words.js").Words} words
 * @param {any} kind
 */
export function isHeld(words, kind) {
  return Object.hasOwn(words.book.labels.held, String(kind));
}

/**
 * @param {App} app
 * @returns {Coverage}
 */
export function coverageOf(app) {
  let found = coverages.get(app.view);
  if (!found) coverages.set(app.view, (found = covered(app)));
  return found;
}

/**
 * @param {App} app
 * @returns {Coverage}
 */
function covered({ model, words, view, store }) {
  const kept = keptTies(model, store.state);
  /** @type {Map<number, Set<number>>} */
  const holders = new Map(fields(model, words, store.state).map((what) => [what, new Set()]));
  /** @type {Set<number>} */
  const partners = new Set();
  for (let t = 0; t < model.m; t++) {
    const those = holders.get(model.target[t]);
    const who = model.source[t];
    if (!kept[t] || !view.node[who] || !those || !isHeld(words, model.ties.kind[t])) continue;
    partners.add(who);
    those.add(who);
  }
  const places = placesOf(model, [...partners]);
  const listed = PLACED_BY.map((key) => (facetOf(model, key)?.values ?? []).filter((value) => value !== "").length);
  const all = listed.reduce((a, b) => a * b, 1);
  return {
    holders: new Map([...holders].map(([what, who]) => [what, [...who]])),
    partners: [...partners],
    places,
    filled: all ? [places.filter((place) => !place.values.includes("")).length, all] : null,
  };
}

/**
 * What can be held: whatever is of a kind that anybody holds, in the period.
 * @param {import("./model.js").Model} model
 * @param {import("./words.js").Words} words
 * @param {import("./state.js").State} state
 */
function fields(model, words, { period, without }) {
  const kinds = new Set();
  for (let t = 0; t < model.m; t++) if (isHeld(words, model.ties.kind[t])) kinds.add(model.nodes.kind[model.target[t]]);
  const [low, high] = period ?? [-Infinity, Infinity];
  const found = [];
  for (let i = 0; i < model.n; i++) {
    if (kinds.has(model.nodes.kind[i]) && i !== without && model.nodeSpan.from[i] <= high && model.nodeSpan.to[i] >= low) found.push(i);
  }
  return found;
}

/**
 * @param {import("./model.js").Model} model
 * @param {number[]} partners
 * @returns {Place[]}
 */
function placesOf(model, partners) {
  const facets = PLACED_BY.map((key) => facetOf(model, key));
  /** @type {Map<string, Place & {rank: number[]}>} */
  const places = new Map();
  for (const i of partners) {
    const rank = facets.map((facet) => facet?.codes[i] ?? 0);
    const values = facets.map((facet, f) => facet?.values[rank[f]] ?? "");
    const key = values.join("/");
    const place = places.get(key);
    if (place) place.partners.push(i);
    else places.set(key, { key, values, partners: [i], rank });
  }
  return [...places.values()].sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
}

/**
 * A place in words; what is not on record is left out where the other part is.
 * @param {App} app
 * @param {Place} place
 */
export function placeName({ words }, place) {
  const said = place.values.map((value, p) => value && words.label(PLACED_BY[p], value)).filter(Boolean);
  return capital(said.join(", ") || words.say("unknown"));
}

/**
 * Who holds what is asked for, at a place or anywhere; the capability is known by its row.
 * @param {App} app
 * @returns {{what: number, place: Place | null, here: number[], holders: number[]} | null}
 */
export function askedCoverage(app) {
  const { held, place: key } = app.store.state;
  if (held < 0) return null;
  const { holders, partners, places } = coverageOf(app);
  const place = places.find((p) => p.key === key) ?? null;
  const here = place ? place.partners : partners;
  const among = new Set(here);
  return { what: held, place, here, holders: (holders.get(held) ?? []).filter((i) => among.has(i)) };
}
