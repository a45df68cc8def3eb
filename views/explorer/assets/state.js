// What the reader has chosen: one plain value, kept in the address so that a link is a view.

import { arrangementsOf } from "./arrange.js";
import { OWN } from "./style.js";

/** @typedef {import("./model.js").Model} Model */
/**
 * @typedef {object} State
 * @property {string} lang
 * @property {"light" | "dark"} theme
 * @property {"graph" | "table"} view
 * @property {"nodes" | "ties" | "coverage"} table
 * @property {string} sort  column, with a minus before it where downwards
 * @property {number} page
 * @property {number} selected  node, or -1
 * @property {number} tie  tie whose sheet is open, or -1
 * @property {string} named  "ties" where ties bear their names, or ""
 * @property {number} focus  node whose surroundings alone are shown, or -1
 * @property {number} steps  how far the focus reaches
 * @property {number} without  node that is thought away, or -1
 * @property {number} goal  end of the path from the selected node, or -1
 * @property {number} held  capability whose holders are lifted out, or -1
 * @property {string} place  sphere and level of those, "" for anywhere
 * @property {Record<string, string[]>} hidden  values left out, by facet
 * @property {[number, number] | null} period  years
 * @property {boolean} loose  show nodes without ties too
 * @property {string} colour  facet of nodes, or measure
 * @property {string} size  measure, or "same"
 * @property {string} arrange  where the nodes lie: "map", "rings", or an arrangement of the data
 * @property {string} cluster  cluster opened from the overview, "all" for every node, "" for the overview
 */

/** @typedef {(state: State, changed: Set<string>) => void} Listener */

export class Store {
  /** @param {State} initial */
  constructor(initial) {
    this.initial = initial;
    this.state = initial;
    /** @type {Listener[]} */
    this.listeners = [];
  }

  /** @param {Listener} listener */
  subscribe(listener) {
    this.listeners.push(listener);
  }

  /**
   * Change some of the state and tell everybody what changed.
   * @param {Partial<State>} patch
   */
  set(patch) {
    const before = /** @type {Record<string, any>} */ (this.state);
    const after = /** @type {Record<string, any>} */ ({ ...this.state, ...patch });
    const changed = new Set(Object.keys(after).filter((key) => after[key] !== before[key]));
    if (!changed.size) return;
    this.state = /** @type {State} */ (after);
    for (const listener of this.listeners) listener(this.state, changed);
  }
}

const NODE_KEYS = /** @type {const} */ (["selected", "focus", "without", "goal", "held"]);
const TEXT_KEYS = /** @type {const} */ (["lang", "theme", "view", "table", "sort", "colour", "size", "arrange", "cluster", "place", "named"]);

/**
 * The state as the part of an address after `#`; what is as it was at first is left out.
 * @param {State} state
 * @param {State} initial
 * @param {Model} model
 */
export function toHash(state, initial, model) {
  const params = new URLSearchParams();
  for (const key of TEXT_KEYS) if (state[key] !== initial[key]) params.set(key, state[key]);
  for (const key of NODE_KEYS) if (state[key] >= 0) params.set(key, model.nodes.id[state[key]]);
  if (state.tie >= 0) params.set("tie", String(model.ties.id[state.tie]));
  if (state.focus >= 0 && state.steps !== 1) params.set("steps", String(state.steps));
  if (state.period) params.set("period", state.period.join(".."));
  if (!state.loose) params.set("loose", "no");
  for (const { key } of model.facets) {
    const values = state.hidden[key] ?? [];
    const same = values.join("|") === (initial.hidden[key] ?? []).join("|");
    if (!same) params.set(`hide-${key}`, values.map(encodeURIComponent).join(","));
  }
  return params.toString();
}

/**
 * Read an address back; what it does not know is ignored.
 * @param {string} hash
 * @param {State} initial
 * @param {Model} model
 * @returns {State}
 */
export function fromHash(hash, initial, model) {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const state = { ...initial, hidden: { ...initial.hidden } };
  for (const key of TEXT_KEYS) Object.assign(state, { [key]: params.get(key) ?? initial[key] });
  for (const key of NODE_KEYS) state[key] = model.indexOf.get(params.get(key) ?? "") ?? -1;
  const tie = params.get("tie");
  state.tie = tie === null ? -1 : Array.from(model.ties.id ?? []).indexOf(tie);
  const steps = Number(params.get("steps"));
  if (steps >= 1) state.steps = Math.min(9, Math.round(steps));
  const years = (params.get("period") ?? "").split("..").map(Number);
  if (years.length === 2 && years.every(Number.isFinite)) state.period = [years[0], years[1]];
  state.loose = params.get("loose") !== "no";
  for (const { key, values } of model.facets) {
    const hidden = params.get(`hide-${key}`);
    if (hidden === null) continue;
    const wanted = new Set(hidden.split(",").map(unescaped));
    state.hidden[key] = hidden === "" ? [] : values.filter((v) => wanted.has(v));
  }
  // Told apart by identity: hidden values that are those of the start are the start's own.
  const same = model.facets.every(({ key }) => (state.hidden[key] ?? []).join("|") === (initial.hidden[key] ?? []).join("|"));
  if (same) state.hidden = initial.hidden;
  return known(state, initial, model);
}

/**
 * @param {string} text
 */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Put back what an address asks for and the page does not have.
 * @param {State} state
 * @param {State} initial
 * @param {Model} model
 * @returns {State}
 */
function known(state, initial, model) {
  if (!["graph", "table"].includes(state.view)) state.view = initial.view;
  if (!["nodes", "ties", "coverage"].includes(state.table)) state.table = initial.table;
  if (state.named !== "ties") state.named = "";
  if (!["light", "dark"].includes(state.theme)) state.theme = initial.theme;
  const measured = (/** @type {string} */ key) => model.measures.some((m) => m.key === key);
  const own = (/** @type {string} */ key) => key === OWN && model.looks !== null;
  const faceted = model.facets.some((f) => f.key === state.colour && f.of === "node");
  if (!faceted && !measured(state.colour) && !own(state.colour)) state.colour = initial.colour;
  if (state.size !== "same" && !measured(state.size) && !own(state.size)) state.size = initial.size;
  if (!arrangementsOf(model).includes(state.arrange)) state.arrange = initial.arrange;
  return state;
}
