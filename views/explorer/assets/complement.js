// What two nodes on a path bring each other: what only one of them holds, and what both hold.

import { isHeld } from "./coverage.js";
import { el, isolated } from "./dom.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */

const NAMED = 12;

/**
 * What a node holds, by the ties that say so; those that start out hidden do not count.
 * @param {App} app
 * @param {number} node
 * @returns {Set<number>}
 */
function holdings(app, node) {
  const { model, words } = app;
  const hidden = new Set(model.hidden.status ?? []);
  /** @type {Set<number>} */
  const found = new Set();
  for (let k = model.first[node]; k < model.first[node + 1]; k++) {
    const tie = model.incident[k];
    if (model.source[tie] !== node || hidden.has(String(model.ties.status?.[tie] ?? ""))) continue;
    if (isHeld(words, model.ties.kind[tie])) found.add(model.target[tie]);
  }
  return found;
}

/**
 * The kinds of nodes of which the data says what they hold.
 * @param {App} app
 * @returns {Set<any>}
 */
function holderKinds({ model, words }) {
  const kinds = new Set();
  for (let t = 0; t < model.m; t++) if (isHeld(words, model.ties.kind[t])) kinds.add(model.nodes.kind[model.source[t]]);
  return kinds;
}

/**
 * The sentences about two nodes; none where neither holds anything.
 * @param {App} app
 * @param {number} one
 * @param {number} other
 * @returns {Node[]}
 */
export function complement(app, one, other) {
  const { model, words } = app;
  const [mine, theirs] = [holdings(app, one), holdings(app, other)];
  if (!mine.size && !theirs.size) return [];
  const silent = mine.size ? (theirs.size ? -1 : other) : one;
  // A place or a project holds nothing that could be missing from the data.
  if (silent >= 0 && !holderKinds(app).has(model.nodes.kind[silent])) return [];
  if (silent >= 0) return [sentence(app, words.say("complement.silent", { name: "‹›" }), silent, [])];
  const only = (/** @type {Set<number>} */ own, /** @type {Set<number>} */ lacking) =>
    [...own].filter((node) => !lacking.has(node)).sort((a, b) => words.collator.compare(model.label[a], model.label[b]));
  const both = [...mine].filter((node) => theirs.has(node));
  const brings = (/** @type {number} */ node, /** @type {number[]} */ what) =>
    sentence(app, what.length ? words.say("complement.brings", { name: "‹›", n: what.length }) : words.say("complement.nothing", { name: "‹›" }), node, what);
  return [
    brings(one, only(mine, theirs)),
    brings(other, only(theirs, mine)),
    sentence(app, both.length ? words.say("complement.both", { n: both.length }) : words.say("complement.apart"), -1, both),
    ...measured(app, one, other),
  ];
}

/**
 * The measures of two nodes side by side, never one score of them.
 * @param {App} app
 * @param {number} one
 * @param {number} other
 * @returns {Node[]}
 */
function measured({ model, words }, one, other) {
  const { measures, of } = model.pairs;
  const found = of[`${one}-${other}`] ?? of[`${other}-${one}`];
  if (!found) return [];
  const order = `${one}-${other}` in of ? [one, other] : [other, one];
  const said = measures.flatMap((key, m) => {
    const [first, second] = found[m];
    if (first === null) return [];
    const name = `${capital(words.label("measure", key))} `;
    if (second === undefined) return [el("span", {}, name, words.number(first))];
    if (key === "overlap_p") return [el("span", {}, name, `${words.number(first)} (q ${words.number(second ?? NaN)})`)];
    const ways = [first, second ?? NaN].flatMap((value, w) => [w ? ", " : "", isolated(model.label[order[w]]), ` ${words.number(value)}`]);
    return [el("span", {}, name, ...ways)];
  });
  return [el("p", { class: "complement pairs" }, ...said)];
}

/**
 * A sentence about a node that ends in a list of others to walk to.
 * @param {App} app
 * @param {string} text  with ‹› where the name of the first goes
 * @param {number} about
 * @param {number[]} listed
 * @returns {Node}
 */
export function sentence(app, text, about, listed) {
  const { model } = app;
  const [before, after = ""] = text.split("‹›");
  const links = listed.slice(0, NAMED).flatMap((node, at) => [
    at ? ", " : " ",
    el("button", { type: "button", class: "link", on: { click: () => app.select(node, "list") } }, isolated(model.label[node])),
  ]);
  const more = listed.length > NAMED ? " …" : "";
  return el("p", { class: "complement" }, before, about < 0 ? "" : isolated(model.label[about]), after, ...links, more);
}
