// What is shown, as files: picture, tables, graph.

import { byId, el, fill } from "./dom.js";
import { pngFile, svgFile } from "./picture.js";
import { xml } from "./svg.js";
import { tableColumns, tableRows } from "./table.js";

/** @typedef {import("./app.js").App} App */

/** @type {{key: string, ending: string, make: (app: App) => Promise<Blob> | Blob}[]} */
const FORMATS = [
  { key: "png", ending: ".png", make: pngFile },
  { key: "svg", ending: ".svg", make: (app) => textFile(svgFile(app), "image/svg+xml") },
  { key: "nodes", ending: "-nodes.csv", make: (app) => textFile(csvFile(app, "nodes"), "text/csv") },
  { key: "ties", ending: "-ties.csv", make: (app) => textFile(csvFile(app, "ties"), "text/csv") },
  { key: "gexf", ending: ".gexf", make: (app) => textFile(gexfFile(app), "application/xml") },
  { key: "json", ending: ".json", make: (app) => textFile(jsonFile(app), "application/json") },
];

/** @param {App} app */
export function buildExports(app) {
  const items = FORMATS.map(({ key, ending, make }) =>
    el(
      "button",
      { type: "button", role: "menuitem", "data-format": key, on: { click: () => save(app, ending, make) } },
      app.words.say(`export.${key}`),
      el("small", {}, app.words.say(`export.${key}.what`)),
    ),
  );
  fill(byId("export-menu"), items);
}

/**
 * @param {App} app
 * @param {string} ending
 * @param {(app: App) => Promise<Blob> | Blob} make
 */
async function save(app, ending, make) {
  const link = document.createElement("a");
  const url = URL.createObjectURL(await make(app));
  link.href = url;
  link.download = `${app.model.about.name}${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  app.announce(app.words.say("export.done", { file: link.download }));
}

/**
 * @param {string} text
 * @param {string} type
 */
function textFile(text, type) {
  return new Blob([text], { type: `${type};charset=utf-8` });
}

/**
 * A cell that no spreadsheet takes for a formula.
 * @param {any} value
 */
export function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * @param {App} app
 * @param {"nodes" | "ties"} of
 */
function csvFile(app, of) {
  const columns = tableColumns(app, of);
  const ids = of === "nodes" ? app.model.nodes.id : app.model.ties.id;
  const lines = [["id", ...columns.map((c) => c.key)].map(csvCell).join(",")];
  for (const row of tableRows(app, of, columns)) lines.push([ids[row], ...columns.map((c) => c.value(row))].map(csvCell).join(","));
  // Excel takes a file without this mark for one in its own old encoding.
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

/**
 * Shown rows of a table as objects, without what is missing.
 * @param {Record<string, import("./model.js").Column>} columns
 * @param {Uint8Array} shown
 */
function records(columns, shown) {
  const rows = [];
  for (let i = 0; i < shown.length; i++) {
    if (!shown[i]) continue;
    const cells = Object.entries(columns).map(([k, c]) => [k, c[i]]);
    rows.push(Object.fromEntries(cells.filter(([, v]) => v !== null && v !== undefined)));
  }
  return rows;
}

/** @param {App} app */
function jsonFile(app) {
  const { model, view } = app;
  const ends = { source: Array.from(model.source, (i) => model.nodes.id[i]), target: Array.from(model.target, (i) => model.nodes.id[i]) };
  const measures = Object.fromEntries(model.measures.map((m) => [m.key, Array.from(m.values, (v) => (Number.isNaN(v) ? null : v))]));
  return JSON.stringify(
    {
      about: model.about,
      nodes: records({ ...model.nodes, ...measures, ...model.places.map }, view.node),
      ties: records({ ...model.ties, ...ends }, view.tie),
    },
    null,
    1,
  );
}

/**
 * Declarations and a writer of values for the columns of a table in GEXF.
 * @param {Record<string, import("./model.js").Column>} columns
 * @param {string} of
 */
function gexfAttributes(columns, of) {
  const names = Object.keys(columns).filter((k) => !["id", "name", "x", "y"].includes(k));
  const type = (/** @type {string} */ k) => (Array.from(columns[k]).every((v) => v === null || typeof v === "number") ? "double" : "string");
  const declared = names.map((k, a) => `<attribute id="${a}" title="${xml(k)}" type="${type(k)}"/>`);
  const values = (/** @type {number} */ row) =>
    names
      .map((k, a) => [a, columns[k][row]])
      .filter(([, v]) => v !== null && v !== undefined && !Number.isNaN(v))
      .map(([a, v]) => `<attvalue for="${a}" value="${xml(String(v))}"/>`)
      .join("");
  return { declaration: `<attributes class="${of}">${declared.join("")}</attributes>`, values };
}

/** @param {App} app */
function gexfFile(app) {
  const { model, view, style } = app;
  const measures = Object.fromEntries(model.measures.map((m) => [m.key, m.values]));
  const nodes = gexfAttributes(/** @type {any} */ ({ ...model.nodes, ...measures }), "node");
  const directed = Array.from(model.directed, (d) => (d ? "yes" : "no"));
  const ties = gexfAttributes({ ...model.ties, directed }, "edge");
  const rgb = (/** @type {number} */ i) => [1, 3, 5].map((at) => parseInt(style.colours[style.colour[i]].slice(at, at + 2), 16));
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">',
    `<meta><creator>partnergraph</creator><description>${xml(model.about.title)}</description></meta>`,
    '<graph defaultedgetype="directed" mode="static">',
    nodes.declaration,
    ties.declaration,
    "<nodes>",
  ];
  for (let i = 0; i < model.n; i++) {
    if (!view.node[i]) continue;
    const [r, g, b] = rgb(i);
    const looks = `<viz:color r="${r}" g="${g}" b="${b}"/><viz:position x="${model.x[i]}" y="${-model.y[i]}" z="0"/><viz:size value="${style.radius[i]}"/>`;
    out.push(`<node id="${xml(String(model.nodes.id[i]))}" label="${xml(String(model.nodes.name[i]))}"><attvalues>${nodes.values(i)}</attvalues>${looks}</node>`);
  }
  out.push("</nodes>", "<edges>");
  for (let t = 0; t < model.m; t++) {
    if (!view.tie[t]) continue;
    const ends = `source="${xml(String(model.nodes.id[model.source[t]]))}" target="${xml(String(model.nodes.id[model.target[t]]))}"`;
    out.push(`<edge id="${xml(String(model.ties.id[t]))}" ${ends}><attvalues>${ties.values(t)}</attvalues></edge>`);
  }
  out.push("</edges>", "</graph>", "</gexf>", "");
  return out.join("\n");
}
