// The table twin: everything that is shown, as rows that can be sorted and read aloud.

import { periodText, valueName } from "./app.js";
import { coverageOf, hasCoverage, NOWHERE, placeName } from "./coverage.js";
import { byId, el, fill, isolated } from "./dom.js";
import { kindMark } from "./marks.js";
import { differing } from "./model.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */
/**
 * @typedef {object} TableColumn
 * @property {string} key
 * @property {string} title
 * @property {boolean} number
 * @property {(row: number) => any} value  what it is sorted by and exported as
 * @property {((row: number) => Node | string)} [cell]  how it is shown, where that differs
 * @property {string} [note]  said under the title
 * @property {boolean} [head]  whether it names the row
 */
/** @typedef {"nodes" | "ties" | "coverage"} Which */

const PAGE = 200;
const WIDE = new Set(["name", "source", "target", "member_benefit", "description", "cluster"]);

/**
 * Columns of a table; those that are empty are left out where it is shown.
 * @param {App} app
 * @param {Which} of
 * @returns {TableColumn[]}
 */
export function tableColumns(app, of) {
  if (of === "coverage") return coverageColumns(app);
  return of === "nodes" ? nodeColumns(app) : tieColumns(app);
}

/**
 * The table that the state asks for, the nodes where the data has no such table.
 * @param {App} app
 * @returns {Which}
 */
function tableOf(app) {
  const { table } = app.store.state;
  return table === "coverage" && !hasCoverage(app) ? "nodes" : table;
}

/**
 * @param {App} app
 * @returns {TableColumn[]}
 */
function nodeColumns(app) {
  const { model, words, view } = app;
  const text = (/** @type {string} */ key, /** @type {string} */ title, /** @type {(i: number) => any} */ value) => ({ key, title: capital(title), number: false, value });
  const number = (/** @type {string} */ key, /** @type {string} */ title, /** @type {(i: number) => any} */ value) => ({ key, title: capital(title), number: true, value });
  const facets = model.facets.filter((f) => f.of === "node" && differing(f));
  return [
    { ...text("name", words.label("column", "name"), (i) => model.nodes.name[i]), cell: (i) => nodeLink(app, i) },
    ...facets.map((f) => text(f.key, words.label("facet", f.key), (i) => facetCell(app, f, i))),
    text("period", words.say("fact.period"), (i) => periodText(app, model.nodes.start?.[i], model.nodes.end?.[i])),
    number("neighbours", words.say("table.neighbours"), (i) => view.neighbours[i]),
    number("ties", words.say("table.tie-count"), (i) => view.tiesOf[i]),
    ...model.measures.map((m) => number(`m-${m.key}`, words.label("measure", m.key), (i) => (Number.isNaN(m.values[i]) ? null : m.values[i]))),
  ];
}

/**
 * @param {App} app
 * @param {import("./model.js").Facet} facet
 * @param {number} node
 */
function facetCell(app, facet, node) {
  const value = facet.values[facet.codes[node]];
  if (value === "") return null;
  if (facet.key === "cluster") return valueName(app, "cluster", value);
  return capital(app.words.label(facet.key, value));
}

/**
 * @param {App} app
 * @returns {TableColumn[]}
 */
function tieColumns(app) {
  const { model, words } = app;
  const listed = (/** @type {string} */ key) => ({
    key,
    title: capital(words.label("column", key)),
    number: false,
    value: (/** @type {number} */ t) => (model.ties[key]?.[t] === null ? null : capital(words.label(key === "kind" ? "tie_kind" : key, String(model.ties[key][t])))),
  });
  const end = (/** @type {"source" | "target"} */ key) => ({
    key,
    title: capital(words.label("column", key)),
    number: false,
    value: (/** @type {number} */ t) => model.nodes.name[model[key][t]],
    cell: (/** @type {number} */ t) => nodeLink(app, model[key][t]),
  });
  const has = (/** @type {string} */ key) => key in model.ties;
  return [
    end("source"),
    listed("kind"),
    end("target"),
    ...["role", "status", "intensity"].filter(has).map(listed),
    { key: "period", title: capital(words.say("fact.period")), number: false, value: (t) => periodText(app, model.ties.start?.[t], model.ties.end?.[t]) },
    ...["member_benefit", "description"].filter(has).map((key) => ({ key, title: capital(words.label("column", key)), number: false, value: (/** @type {number} */ t) => model.ties[key][t] })),
    { key: "receipts", title: words.say("table.receipts"), number: true, value: (t) => (model.receiptsOf.get(model.n + t) ?? []).length },
  ];
}

/**
 * What is held, by how many, and by how many at each place.
 * @param {App} app
 * @returns {TableColumn[]}
 */
function coverageColumns(app) {
  const { words, model } = app;
  const { holders, partners, places } = coverageOf(app);
  const column = (/** @type {string} */ key, /** @type {string} */ title, /** @type {string} */ place, /** @type {number[]} */ among) => {
    const here = new Set(among);
    const value = (/** @type {number} */ i) => (holders.get(i) ?? []).filter((who) => here.has(who)).length;
    const cell = (/** @type {number} */ i) => heldCell(app, i, place, title, value(i));
    return { key, title, number: true, value, cell, note: words.count("partners", among.length) };
  };
  return [
    { key: "name", title: capital(words.label("column", "name")), number: false, value: (i) => model.nodes.name[i], cell: (i) => nodeLink(app, i), head: true },
    column("holders", words.say("coverage.all"), "", partners),
    ...places.map((place) => column(`at ${place.key}`, placeName(app, place), place.key, place.partners)),
  ];
}

/**
 * How many hold a capability at a place: shows who they are in the graph, or who is there and does not.
 * @param {App} app
 * @param {number} what
 * @param {string} place
 * @param {string} title
 * @param {number} count
 */
function heldCell(app, what, place, title, count) {
  const { store, words, model } = app;
  const click = () => {
    store.set({ held: what, place, view: "graph", selected: -1, goal: -1, cluster: app.overview ? "all" : store.state.cluster });
    byId("coverage-end").focus();
  };
  const label = `${words.number(count)}: ${model.label[what]}, ${title}`;
  // Who is in no place leaves no hole in one.
  const hole = !count && place !== NOWHERE;
  return el("button", { type: "button", class: hole ? "link held hole" : "link held", "aria-label": label, on: { click } }, words.number(count));
}

/**
 * @param {App} app
 * @param {number} node
 */
function nodeLink(app, node) {
  const name = String(app.model.nodes.name[node]);
  return el(
    "button",
    { type: "button", class: "link", on: { click: () => app.select(node, "list") } },
    kindMark(app.model, node),
    isolated(name.length > 200 ? `${name.slice(0, 200)}…` : name),
  );
}

/**
 * Rows that are shown, sorted.
 * @param {App} app
 * @param {Which} of
 * @param {TableColumn[]} columns
 */
export function tableRows(app, of, columns) {
  const { view, words, store } = app;
  const shown = of === "nodes" ? view.node : view.tie;
  const rows = of === "coverage" ? [...coverageOf(app).holders.keys()].sort((a, b) => a - b) : [];
  if (of !== "coverage") for (let i = 0; i < shown.length; i++) if (shown[i]) rows.push(i);
  const sorted = columns.find((c) => c.key === store.state.sort.replace(/^-/, ""));
  const column = sorted ?? columns[0];
  const down = sorted !== undefined && store.state.sort.startsWith("-");
  const keys = new Map(rows.map((i) => [i, column.value(i)]));
  const blank = (/** @type {any} */ v) => v === null || v === undefined || v === "";
  return rows.sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (blank(x) || blank(y)) return Number(blank(x)) - Number(blank(y)) || a - b;
    const order = column.number ? x - y : words.collator.compare(String(x), String(y));
    return (down ? -order : order) || a - b;
  });
}

/**
 * @param {App} app
 * @param {number} [printed]  how many rows to put on paper, whatever the screen shows
 */
export function updateTable(app, printed = 0) {
  const { store, words } = app;
  const state = store.state;
  const pane = byId("table-pane");
  if (state.view !== "table" && !printed) return fill(pane, []);
  const most = printed || PAGE;
  const of = tableOf(app);
  const all = tableColumns(app, of);
  const rows = tableRows(app, of, all);
  const columns = all.filter((c) => c.key === "name" || rows.some((row) => ![null, undefined, ""].includes(c.value(row))));
  const pages = Math.max(1, Math.ceil(rows.length / most));
  const page = Math.min(state.page, pages - 1);
  const scroll = pane.querySelector(".scroller")?.scrollLeft ?? 0;
  fill(pane, [
    tableBar(app, rows.length, page, pages),
    el(
      "div",
      { class: "scroller", tabindex: "0", role: "region", "aria-label": words.say(`table.${of}`) },
      el(
        "table",
        { class: "twin" },
        el("caption", { class: "hidden-text" }, words.say(`table.${of}`)),
        el("thead", {}, el("tr", {}, ...columns.map((c) => header(app, c)))),
        el("tbody", {}, ...rows.slice(page * most, (page + 1) * most).map((row) => bodyRow(app, columns, row))),
      ),
    ),
  ]);
  /** @type {HTMLElement} */ (pane.querySelector(".scroller")).scrollLeft = scroll;
}

/**
 * @param {App} app
 * @param {number} count
 * @param {number} page
 * @param {number} pages
 */
function tableBar(app, count, page, pages) {
  const { words, store } = app;
  const of = tableOf(app);
  const choice = (/** @type {Which} */ name, /** @type {string} */ sort) =>
    el("button", { type: "button", id: `table-${name}`, "aria-pressed": String(of === name), on: { click: () => store.set({ table: name, page: 0, sort }) } }, words.say(`table.${name}`));
  const turn = (/** @type {string} */ key, /** @type {number} */ to) =>
    el("button", { type: "button", class: "plain", disabled: to < 0 || to >= pages, on: { click: () => store.set({ page: to }) } }, words.say(key));
  return el(
    "div",
    { class: "table-bar" },
    el("div", { class: "segmented", role: "group", "aria-label": words.say("table.label") }, choice("nodes", "-neighbours"), choice("ties", "source"), hasCoverage(app) ? choice("coverage", "holders") : null),
    el("p", {}, pages > 1 ? words.say("table.page", { page: page + 1, pages, n: count }) : words.count("table.rows", count), of === "coverage" ? ` · ${placesText(app)}` : ""),
    ...(pages > 1 ? [turn("table.previous", page - 1), turn("table.next", page + 1)] : []),
  );
}

/**
 * How many combinations of sphere and level have a partner, where those are on record.
 * @param {App} app
 */
function placesText(app) {
  const { filled } = coverageOf(app);
  return filled ? app.words.say("coverage.places", { n: filled[0], all: filled[1] }) : app.words.say("coverage.nowhere");
}

/**
 * @param {App} app
 * @param {TableColumn} column
 */
function header(app, column) {
  const { sort } = app.store.state;
  const up = sort === column.key;
  const down = sort === `-${column.key}`;
  const click = () => {
    // Numbers start with the largest, words with the first.
    const turned = up || (!down && column.number);
    app.store.set({ sort: turned ? `-${column.key}` : column.key, page: 0 });
    const again = byId("table-pane").querySelector(`[data-column="${CSS.escape(column.key)}"]`);
    if (again instanceof HTMLElement) again.focus();
  };
  return el(
    "th",
    { scope: "col", class: column.number ? "num" : null, "aria-sort": up ? "ascending" : down ? "descending" : "none" },
    el("button", { type: "button", "data-column": column.key, on: { click } }, column.note ? el("span", {}, column.title, el("small", {}, column.note)) : column.title, el("span", { class: "dir", "aria-hidden": "true" }, up ? "↑" : down ? "↓" : "")),
  );
}

/**
 * @param {App} app
 * @param {TableColumn[]} columns
 * @param {number} row
 */
function bodyRow(app, columns, row) {
  const chosen = tableOf(app) === "nodes" && row === app.store.state.selected;
  return el(
    "tr",
    { class: chosen ? "chosen" : null },
    ...columns.map((column) => {
      const value = column.cell ? column.cell(row) : column.value(row);
      const shown = value === null || value === undefined ? "" : value;
      const content = typeof shown === "number" ? app.words.number(shown) : typeof shown === "string" ? isolated(shown.slice(0, 600)) : shown;
      const wide = WIDE.has(column.key) ? "wide" : null;
      return el(column.head ? "th" : "td", { class: column.number ? "num" : wide, scope: column.head ? "row" : null }, content);
    }),
  );
}
