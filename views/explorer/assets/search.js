// The search field: finds names, other names and ids, whatever their accents and capitals.

import { byId, el, fill, isolated } from "./dom.js";
import { kindMark } from "./marks.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{node: number, also: string}} Hit */

const MOST = 12;
const PLAIN = /^[ -~]*$/;

/**
 * A text without accents and capitals.
 * @param {string} text
 */
export function folded(text) {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
}

/** Names as they are looked up: one entry for each name of a node. */
export class Index {
  /** @param {import("./model.js").Model} model */
  constructor(model) {
    /** @type {{text: string, node: number, also: string}[]} */
    this.entries = [];
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
   * rest; among equals the best tied.
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
    return [...best.values()]
      .sort((a, b) => a.score - b.score || this.weight[b.hit.node] - this.weight[a.hit.node] || a.hit.node - b.hit.node)
      .map((entry) => entry.hit);
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
