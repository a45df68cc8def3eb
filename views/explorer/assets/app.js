// What every part of the page is handed: the data, the words, the state, and what follows from it.

import { OWN } from "./style.js";
import { capital } from "./words.js";

/**
 * @typedef {object} App
 * @property {import("./model.js").Model} model
 * @property {import("./words.js").Words} words
 * @property {import("./state.js").Store} store
 * @property {import("./filters.js").View} view
 * @property {import("./style.js").Style} style
 * @property {import("./renderer.js").Renderer} renderer
 * @property {() => import("./style.js").Palette} palette
 * @property {(text: string) => void} announce  say to a screen reader
 * @property {(node: number, from?: "list" | "stage") => void} select
 * @property {(question: string, answer: (node: number) => void) => void} ask  let the reader name a node
 * @property {number} centre  node that rings lie around, or -1
 * @property {ReturnType<typeof import("./walks.js").departure> | null} departure  what happens without a node
 * @property {ReturnType<typeof import("./overview.js").overviewPicture> | null} overview  clusters as discs, where the stage shows them
 * @property {import("./renderer.js").Mark | null} mark  what is lifted out of the picture
 * @property {ReturnType<typeof import("./walks.js").shortestPath>} path  from the selected node to the goal
 */

/**
 * The name of a value of a facet. Clusters are called after what their members share.
 * @param {App} app
 * @param {string} key
 * @param {string} value
 */
export function valueName(app, key, value) {
  if (key === "kind") return app.words.label("kinds", value);
  if (key !== "cluster" || value === "") return app.words.label(key, value);
  return app.words.say("cluster.name", { n: value, names: clusterTitle(app, value) });
}

/**
 * What most members of a cluster share and most others do not, and its best-tied member; where they
 * share nothing, its two best-tied members.
 * @param {App} app
 * @param {string} value
 */
export function clusterTitle({ model, words }, value) {
  const members = clusterMembers(model, value);
  const shared = model.clusters.shared?.[value];
  if (!shared) return members.slice(0, 2).join(", ");
  const [attribute, code, name] = shared;
  return `${capital(attribute in words.book.labels.tie_kind ? name : words.label(attribute, code))} (${members[0]})`;
}

/**
 * What colour stands for, in words.
 * @param {App} app
 * @param {string} key  facet, measure, or OWN
 */
export function colourName(app, key) {
  if (key === OWN) return app.words.say("colour.own");
  const list = app.model.measures.some((m) => m.key === key) ? "measure" : "facet";
  return app.words.label(list, key);
}

/** @type {WeakMap<import("./model.js").Model, Map<string, string[]>>} */
const topMembers = new WeakMap();

/**
 * Names of the best-tied members of a cluster, best first.
 * @param {import("./model.js").Model} model
 * @param {string} value
 * @returns {string[]}
 */
export function clusterMembers(model, value) {
  let names = topMembers.get(model);
  if (!names) topMembers.set(model, (names = membersByCluster(model)));
  return names.get(value) ?? [];
}

/** @param {import("./model.js").Model} model */
function membersByCluster(model) {
  const facet = model.facets.find((f) => f.key === "cluster");
  const ties = (/** @type {number} */ i) => model.first[i + 1] - model.first[i];
  if (!facet) return new Map();
  /** @type {number[][]} */
  const top = facet.values.map(() => []);
  for (let i = 0; i < model.n; i++) {
    const best = top[facet.codes[i]];
    if (best.length === 3 && ties(best[2]) >= ties(i)) continue;
    best.push(i);
    best.sort((a, b) => ties(b) - ties(a) || a - b);
    if (best.length > 3) best.pop();
  }
  return new Map(facet.values.map((value, c) => [value, top[c].map((i) => model.label[i])]));
}

/**
 * A period as a reader writes it.
 * @param {App} app
 * @param {any} start
 * @param {any} end
 */
export function periodText(app, start, end) {
  const one = (/** @type {any} */ date) => (date === null || date === undefined || date === "" ? "" : String(date));
  const [from, to] = [one(start), one(end)];
  if (!from && !to) return "";
  if (from === to) return from;
  if (to === "..") return app.words.say("period.since", { from });
  if (!to) return app.words.say("period.from", { from });
  if (!from || from === "..") return app.words.say("period.until", { to });
  return `${from} – ${to}`;
}
