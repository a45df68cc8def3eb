// The search field: finds names, other names and ids, whatever their accents and capitals, the order
// of their words, and a slip of the keyboard.

import { byId, el, fill, isolated } from "./dom.js";
import { kindMark } from "./marks.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{node: number, also: string}} Hit */

const MOST = 12;
const PLAIN = /^[ -~]*$/;
const LETTERS = /[\p{L}\p{N}]+/gu;
// A word of so many letters may be mistyped once, or twice.
const [ONE_SLIP, TWO_SLIPS] = [4, 8];

/**
 * A text without accents and capitals.
 * @param {string} text
 */
export function folded(text) {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
}

/**
 * How many letters must change, move or go to make one word of another, up to a limit (optimal
 * string alignment); the limit plus one where it is more.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
export function slips(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  /** @type {number[]} */
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    if (Math.min(...row) > most) return most + 1;
    [before, last] = [last, row];
  }
  return last[b.length];
}

/** Names as they are looked up: one entry for each name of a node. */
export class Index {
  /** @param {import("./model.js").Model} model */
  constructor(model) {
    /** @type {{text: string, node: number, also: string}[]} */
    this.entries = [];
    /** @type {Map<string, Set<number>> | null} */
    this.words = null;
    this.weight = Int32Array.from({ length: model.n }, (_, i) => model.first[i + 1] - model.first[i]);
    const add = (/** @type {any} */ name, /** @type {number} */ node, /** @type {boolean} */ main) => {
      const text = folded(String(name ?? "").slice(0, 300));
      if (text) this.entries.push({ text, node, also: main ? "" : String(name) });
    };
    for (let i = 0; i < model.n; i++) {
      add(model.nodes.name[i], i, true);
      for (const row of model.aliasesOf[i]) add(model.aliases.alias[row], i, false);
      add(model.nodes.id[i], i, true);
    }
  }

  /**
   * The nodes that a text finds: whole names first, then beginnings, beginnings of words, the
   * rest, the same words in another order or over several names, then words that are alike; among
   * equals the best tied.
   * @param {string} query
   * @returns {Hit[]}
   */
  find(query) {
    const wanted = folded(query.trim());
    if (!wanted) return [];
    /** @type {Map<number, {hit: Hit, score: number}>} */
    const best = new Map();
    for (const { text, node, also } of this.entries) {
      const at = text.indexOf(wanted);
      if (at < 0) continue;
      const word = at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]);
      const score = (text === wanted ? 0 : at === 0 ? 1 : word ? 2 : 3) + (also ? 0.5 : 0);
      const known = best.get(node);
      if (!known || score < known.score) best.set(node, { hit: { node, also }, score });
    }
    for (const [node, cost] of this.loosely(wanted)) if (!best.has(node)) best.set(node, { hit: { node, also: "" }, score: 4 + cost });
    return [...best.values()]
      .sort((a, b) => a.score - b.score || this.weight[b.hit.node] - this.weight[a.hit.node] || a.hit.node - b.hit.node)
      .map((entry) => entry.hit);
  }

  /**
   * Nodes whose names together have every word of a text, or one like it, by how many slips.
   * @param {string} wanted
   * @returns {Map<number, number>}
   */
  loosely(wanted) {
    /** @type {Map<number, number> | null} */
    let found = null;
    for (const word of wanted.match(LETTERS) ?? []) {
      const here = this.having(word);
      const before = /** @type {Map<number, number> | null} */ (found);
      found = before === null ? here : new Map([...before].filter(([node]) => here.has(node)).map(([node, cost]) => [node, cost + (here.get(node) ?? 0)]));
      if (!found.size) break;
    }
    return found ?? new Map();
  }

  /**
   * Nodes with a word that begins as asked; where none does, with one that is nearly it.
   * @param {string} word
   */
  having(word) {
    const words = (this.words ??= this.wordsOfNames());
    /** @type {Map<number, number>} */
    const found = new Map();
    const note = (/** @type {Set<number>} */ nodes, /** @type {number} */ cost) => {
      for (const node of nodes) found.set(node, Math.min(cost, found.get(node) ?? Infinity));
    };
    for (const [other, nodes] of words) if (other.startsWith(word)) note(nodes, 0);
    const most = word.length >= TWO_SLIPS ? 2 : word.length >= ONE_SLIP ? 1 : 0;
    if (found.size || !most) return found;
    for (const [other, nodes] of words) {
      // What is still being typed is compared with as much of the word.
      const cost = Math.min(slips(word, other, most), slips(word, other.slice(0, word.length), most));
      if (cost <= most) note(nodes, cost);
    }
    return found;
  }

  wordsOfNames() {
    /** @type {Map<string, Set<number>>} */
    const words = new Map();
    for (const { text, node } of this.entries) {
      for (const word of text.match(LETTERS) ?? []) {
        const nodes = words.get(word);
        if (nodes) nodes.add(node);
        else words.set(word, new Set([node]));
      }
    }
    return words;
  }
}

/** The combobox around the index. It picks the selected node, or the end of a path. */
export class Search {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.index = new Index(app.model);
    this.field = /** @type {HTMLInputElement} */ (byId("query"));
    this.list = byId("found");
    /** @type {Hit[]} */
    this.hits = [];
    this.active = 0;
    /** @type {((node: number) => void) | null} */
    this.asked = null;
    this.field.addEventListener("input", () => this.look());
    this.field.addEventListener("focus", () => this.look());
    this.field.addEventListener("blur", () => this.leave());
    this.field.addEventListener("keydown", (e) => this.key(e));
    // A press on the list must not take the focus from the field before it is heard.
    this.list.addEventListener("pointerdown", (e) => e.preventDefault());
  }

  /**
   * Ask for a node for some other purpose than to select it.
   * @param {string} question
   * @param {(node: number) => void} answer
   */
  ask(question, answer) {
    this.asked = answer;
    this.field.placeholder = question;
    this.field.value = "";
    this.field.focus();
  }

  leave() {
    this.asked = null;
    this.field.placeholder = this.app.words.say("search.hint");
    this.close();
  }

  look() {
    const started = performance.now();
    this.hits = this.index.find(this.field.value);
    this.active = 0;
    this.show();
    this.field.dataset.took = (performance.now() - started).toFixed(1);
  }

  show() {
    const asked = this.field.value.trim() !== "";
    this.list.hidden = !asked;
    this.field.setAttribute("aria-expanded", String(asked));
    if (!asked) return this.field.removeAttribute("aria-activedescendant");
    const items = this.hits.slice(0, MOST).map((hit, h) => this.item(hit, h));
    const rest = this.hits.length - MOST;
    const { words } = this.app;
    const note = !this.hits.length ? words.say("search.none") : rest > 0 ? words.say("search.more", { n: rest }) : "";
    const last = note ? el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, note) : null;
    fill(this.list, [...items, last]);
    if (items.length) this.field.setAttribute("aria-activedescendant", `found-${this.active}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {Hit} hit
   * @param {number} h
   */
  item({ node, also }, h) {
    const { model, words, view } = this.app;
    const kind = words.label("kind", String(model.nodes.kind[node]));
    return el(
      "li",
      { id: `found-${h}`, role: "option", "aria-selected": String(h === this.active), on: { click: () => this.pick(h) } },
      kindMark(model, node),
      el("span", { class: "who" }, isolated(String(model.nodes.name[node]).slice(0, 200)), also ? el("span", { class: "also" }, isolated(also.slice(0, 120))) : null),
      el("span", { class: "what" }, view.node[node] ? kind : words.say("search.hidden", { kind })),
    );
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const last = Math.min(this.hits.length, MOST) - 1;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      this.active = Math.max(0, Math.min(last, this.active + (e.key === "ArrowDown" ? 1 : -1)));
      this.show();
      this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    } else if (e.key === "Enter") {
      e.preventDefault();
      this.pick(this.active);
    } else if (e.key === "Escape") {
      e.stopPropagation();
      if (this.field.value) this.field.value = "";
      else byId("stage").focus();
      this.close();
    }
  }

  /** @param {number} h */
  pick(h) {
    const hit = this.hits[h];
    if (!hit) return;
    const answer = this.asked ?? ((node) => this.app.select(node, "list"));
    this.field.value = "";
    this.field.blur();
    answer(hit.node);
  }

  close() {
    this.hits = [];
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}
