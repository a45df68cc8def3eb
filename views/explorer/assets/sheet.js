// The sheet of the selected node: its facts, its ties with their receipts, its measures, and the
// neighbours to walk to.

import { periodText, valueName } from "./app.js";
import { byId, el, fill, glyph, ICONS, isolated, outsideLink } from "./dom.js";
import { kindMark } from "./marks.js";
import { facetOf, otherEnd } from "./model.js";
import { aboutTie, clipped, LONG, MANY, receipts } from "./receipts.js";
import { selectTie, tieHeading, tieParts } from "./tiesheet.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */

// Shown elsewhere on the sheet than among the facts.
const NOT_FACTS = new Set(["id", "name", "kind", "description", "start", "end", "cluster"]);

/** Groups of ties that are shown whole, by node. */
let whole = new Set();
let wholeOf = -1;
/** Whether the sheet is away from its top. */
let scrolled = false;

/** @param {App} app */
export function updateSheet(app) {
  const { selected: node, tie } = app.store.state;
  const sheet = byId("sheet");
  sheet.hidden = node < 0 && tie < 0;
  if (tie >= 0) return fillTie(app, sheet, tie);
  if (node < 0) return fill(sheet, []);
  if (wholeOf !== node) [whole, wholeOf] = [new Set(), node];
  const open = openReceipts(sheet, node);
  fill(sheet, [head(app, node), facts(app, node), measures(app, node), ...ties(app, node), receiptsPart(app, node)]);
  if (sheet.dataset.node !== String(node)) toTop(sheet);
  sheet.dataset.node = String(node);
  for (const fact of open) sheet.querySelector(`details[data-fact="${fact}"]`)?.setAttribute("open", "");
}

/**
 * @param {App} app
 * @param {HTMLElement} sheet
 * @param {number} tie
 */
function fillTie(app, sheet, tie) {
  const { words, store } = app;
  const close = () => store.set({ tie: -1 });
  fill(sheet, [el("div", { class: "sheet-head" }, bar(app, [el("span", {}, words.say("tie.title"))], close), ...tieHeading(app, tie)), ...tieParts(app, tie)]);
  if (sheet.dataset.node !== `tie ${tie}`) toTop(sheet);
  sheet.dataset.node = `tie ${tie}`;
}

/**
 * The top line of a sheet: what it is of, and its buttons. On a small screen it can grow.
 * @param {App} app
 * @param {Node[]} said
 * @param {() => void} close
 */
function bar({ words }, said, close) {
  const sheet = byId("sheet");
  const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {string} */ icon, /** @type {() => void} */ click, props = {}) =>
    el("button", { type: "button", class: "plain square", id, "aria-label": text, title: text, ...props, on: { click } }, glyph(icon));
  const grow = () => {
    const tall = sheet.classList.toggle("tall");
    byId("grow-sheet").setAttribute("aria-expanded", String(tall));
  };
  return el(
    "div",
    { class: "kind" },
    ...said,
    button("grow-sheet", words.say("sheet.grow"), ICONS.tall, grow, { "aria-expanded": String(sheet.classList.contains("tall")) }),
    button("close-sheet", words.say("close"), ICONS.close, close),
  );
}

/**
 * Scroll to the top, where it is not there. To ask the sheet where it is would lay it out at once.
 * @param {HTMLElement} sheet
 */
function toTop(sheet) {
  sheet.onscroll ??= () => void (scrolled = sheet.scrollTop > 0);
  if (scrolled) sheet.scrollTop = 0;
}

/**
 * Receipts that are open, to keep them so.
 * @param {HTMLElement} sheet
 * @param {number} node
 */
function openReceipts(sheet, node) {
  if (sheet.dataset.node !== String(node)) return [];
  return [...sheet.querySelectorAll("details[open]")].map((d) => d.getAttribute("data-fact"));
}

/**
 * @param {App} app
 * @param {number} node
 */
function head(app, node) {
  const { model, words, store } = app;
  const kind = capital(words.label("kind", String(model.nodes.kind[node])));
  const subtype = model.nodes.subtype?.[node];
  const close = () => store.set({ selected: -1, goal: -1 });
  return el(
    "div",
    { class: "sheet-head" },
    bar(app, [kindMark(model, node), el("span", {}, subtype ? `${kind} · ${words.label("subtype", String(subtype))}` : kind)], close),
    el("h2", { id: "sheet-name", tabindex: "-1" }, isolated(clipped(model.nodes.name[node], 400))),
    alsoKnown(app, node),
    actions(app, node),
  );
}

/**
 * @param {App} app
 * @param {number} node
 */
function alsoKnown(app, node) {
  const { model, words } = app;
  const rows = [...model.aliasesOf[node]];
  if (!rows.length) return null;
  const names = rows.slice(0, 8).flatMap((row, r) => {
    const kind = model.aliases.kind?.[row];
    const note = kind && kind !== "name" ? ` (${words.label("alias_kind", String(kind))})` : "";
    return [r ? ", " : "", isolated(clipped(model.aliases.alias[row], 160)), note];
  });
  return el("p", { class: "also-known" }, `${words.say("sheet.also")} `, ...names, rows.length > 8 ? " …" : "");
}

/**
 * @param {App} app
 * @param {number} node
 */
function actions(app, node) {
  const { words, store } = app;
  const state = store.state;
  const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {boolean} */ on, /** @type {() => void} */ click) =>
    el("button", { type: "button", class: "plain", id, "aria-pressed": String(on), on: { click } }, text);
  const focus = () => store.set(state.focus === node ? { focus: -1 } : { focus: node, steps: 1, without: -1 });
  const leave = () => store.set(state.without === node ? { without: -1 } : { without: node, focus: -1, goal: -1 });
  const path = () => app.ask(words.say("path.ask", { name: app.model.label[node] }), (goal) => store.set({ goal, without: -1 }));
  return el(
    "div",
    { class: "actions" },
    button("focus", words.say("focus.button"), state.focus === node, focus),
    button("path", words.say("path.button"), state.goal >= 0, path),
    button("without", words.say("without.button"), state.without === node, leave),
  );
}

/**
 * @param {App} app
 * @param {number} node
 */
function facts(app, node) {
  const { model, words } = app;
  /** @type {Node[]} */
  const rows = [];
  const add = (/** @type {string} */ term, /** @type {Node} */ value) => rows.push(el("dt", {}, capital(term)), el("dd", {}, value));
  const span = periodText(app, model.nodes.start?.[node], model.nodes.end?.[node]);
  for (const [column, values] of Object.entries(model.nodes)) {
    const value = values[node];
    if (NOT_FACTS.has(column) || value === null || value === undefined || value === "") continue;
    if (column === "subtype") continue;
    if (column === "recurrence" && span) add(words.say("fact.period"), isolated(span));
    add(words.label("column", column), factValue(app, column, value));
  }
  if (span && !model.nodes.recurrence?.[node]) add(words.say("fact.period"), isolated(span));
  const cluster = facetOf(model, "cluster");
  const group = cluster ? cluster.values[cluster.codes[node]] : "";
  if (group) {
    const sure = model.clusters.stability?.[node] ?? null;
    const said = sure === null ? [] : [` (${words.say("cluster.stability", { p: words.number(sure) })})`];
    const second = model.clusters.second[node];
    const other = second ? [`, ${words.say("cluster.also")} `, isolated(valueName(app, "cluster", second))] : [];
    add(words.label("facet", "cluster"), el("span", {}, isolated(valueName(app, "cluster", group)), ...said, ...other));
  }
  const prose = model.nodes.description?.[node];
  if (!rows.length && !prose) return null;
  return el(
    "section",
    { class: "part" },
    prose ? el("p", { class: "prose" }, isolated(clipped(prose, LONG))) : null,
    rows.length ? el("dl", { class: "facts" }, ...rows) : null,
  );
}

/**
 * @param {App} app
 * @param {string} column
 * @param {any} value
 */
function factValue(app, column, value) {
  if (column === "url") return outsideLink(String(value));
  if (typeof value === "number") return isolated(app.words.number(value));
  if (typeof value === "boolean") return isolated(app.words.say(value ? "yes" : "no"));
  return isolated(capital(app.words.label(column, clipped(value, LONG))));
}

/**
 * What the analysis measured, with the rank among all that have a value.
 * @param {App} app
 * @param {number} node
 */
function measures(app, node) {
  const { model, words, view } = app;
  const shown = model.measures.filter((m) => !Number.isNaN(m.values[node]));
  const row = (/** @type {import("./model.js").Measure} */ m) => {
    const most = m.values.reduce((a, b) => (b > a ? b : a), 0);
    const bar = el("i");
    bar.style.width = `${most > 0 ? Math.max(0, (100 * m.values[node]) / most) : 0}%`;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, capital(words.label("measure", m.key))),
      el("td", {}, words.number(m.values[node])),
      el("td", {}, rankText(app, m, node)),
      el("td", { class: "meter", "aria-hidden": "true" }, el("span", {}, bar)),
    );
  };
  const here = view.node[node]
    ? words.say("sheet.here", { neighbours: words.count("neighbours", view.neighbours[node]), ties: words.count("ties", view.tiesOf[node]) })
    : words.say("sheet.absent");
  return el(
    "section",
    { class: "part" },
    el("h3", {}, words.say("sheet.measures")),
    el("p", { class: "muted", id: "here" }, here),
    shown.some((m) => m.low) ? el("p", { class: "muted" }, words.say("sheet.doubt")) : null,
    shown.length ? el("table", { class: "measures" }, el("caption", { class: "hidden-text" }, words.say("sheet.measures")), el("tbody", {}, ...shown.map(row))) : null,
  );
}

/**
 * A rank, with the ranks that the data cannot exclude where that was worked out.
 * @param {App} app
 * @param {import("./model.js").Measure} m
 * @param {number} node
 */
function rankText({ words }, m, node) {
  const [low, high] = [m.low?.[node], m.high?.[node]];
  const rank = words.count("measure.rank", m.rank[node], { all: m.ranked });
  return !low || !high || low === high ? rank : `${rank} (${words.number(low)}–${words.number(high)})`;
}

/**
 * Its ties by kind and direction: all of them, those the picture leaves out marked as such.
 * @param {App} app
 * @param {number} node
 */
function ties(app, node) {
  const { model } = app;
  const own = [...model.incident.subarray(model.first[node], model.first[node + 1])];
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (const t of own) {
    const way = !model.directed[t] ? "both" : model.source[t] === node ? "right" : "left";
    const key = `${model.ties.kind[t]} ${way}`;
    const list = groups.get(key);
    if (list) list.push(t);
    else groups.set(key, [t]);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length).map(([key, list]) => tieGroup(app, node, key, list));
}

/**
 * @param {App} app
 * @param {number} node
 * @param {string} key
 * @param {number[]} list
 */
function tieGroup(app, node, key, list) {
  const { model, words, view } = app;
  const [kind, way] = key.split(" ");
  const title = capital(words.label(way === "left" ? "inverse" : "tie_kind", kind));
  list.sort((a, b) => view.tie[b] - view.tie[a] || words.collator.compare(model.label[otherEnd(model, a, node)], model.label[otherEnd(model, b, node)]) || a - b);
  const short = list.length > MANY && !whole.has(key);
  const more = () => {
    whole.add(key);
    updateSheet(app);
  };
  return el(
    "section",
    { class: "part", "data-ties": key },
    el("h3", {}, title, " ", el("span", { class: "n" }, words.number(list.length))),
    el("ul", { class: "ties" }, ...(short ? list.slice(0, MANY) : list).map((t) => tieItem(app, node, t, way))),
    short ? el("button", { type: "button", class: "link", on: { click: more } }, words.say("facet.more", { n: list.length - MANY })) : null,
  );
}

/**
 * A tie on the sheet of one of its ends: the other end to walk to, and the tie itself to open.
 * @param {App} app
 * @param {number} node
 * @param {number} t
 * @param {string} way
 */
function tieItem(app, node, t, way) {
  const { model, words } = app;
  const other = otherEnd(model, t, node);
  const walk = el(
    "button",
    { type: "button", class: "walk", "data-node": model.nodes.id[other], on: { click: () => app.select(other, "list") } },
    kindMark(model, other),
    isolated(clipped(model.nodes.name[other], 200)),
    glyph(ICONS[/** @type {keyof typeof ICONS} */ (way)]),
  );
  const text = words.say("tie.open", { name: model.label[other] });
  const open = el("button", { type: "button", class: "plain square opens", "aria-label": text, title: text, on: { click: () => selectTie(app, t, "list") } }, glyph(ICONS.tie));
  return el("li", { class: "tie", "data-tie": model.ties.id[t] }, el("div", { class: "line-of" }, walk, open), aboutTie(app, t));
}

/**
 * Receipts of the node itself.
 * @param {App} app
 * @param {number} node
 */
function receiptsPart(app, node) {
  if (!app.model.receiptsOf.has(node)) return null;
  return el("section", { class: "part" }, el("h3", {}, app.words.say("sheet.receipts")), receipts(app, node));
}
