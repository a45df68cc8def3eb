// The picture as a file: title, graph and legend on one sheet, for PNG and SVG alike.

import { colourName, valueName } from "./app.js";
import { drawLabels, drawMarks, drawTies, shownTies, traceShape } from "./drawing.js";
import { bounds, fitted } from "./fit.js";
import { placeLabels } from "./labels.js";
import { countBetween } from "./legend.js";
import { withNumbers } from "./numbers.js";
import { DASHES, GREY, legendEntries, OWN, PALE, ramp, rangeOf, UNKNOWN, WIDTHS, WITH_PALE } from "./style.js";
import { SvgContext } from "./svg.js";
import { tieName } from "./ties.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {CanvasRenderingContext2D} Context */

/** @typedef {{width: number, height: number, top: number}} Sheet  in pixels; where the graph begins */
const FILE = { width: 1600, height: 1120, top: 92 };
// Without a heading, which the page prints itself, and small enough that names stay legible.
export const PAPER = { width: 1000, height: 820, top: 8 };
const EDGE = 40;
const RAMP = 132;

/**
 * The picture as a PNG, at twice its nominal size.
 * @param {App} app
 * @returns {Promise<Blob>}
 */
export function pngFile(app) {
  const { canvas } = sheetCanvas(app, FILE);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/**
 * The picture drawn, at twice its nominal size, and the nodes that only have a number in it.
 * @param {App} app
 * @param {Sheet} sheet
 */
export function sheetCanvas(app, sheet) {
  const canvas = document.createElement("canvas");
  canvas.width = 2 * sheet.width;
  canvas.height = 2 * sheet.height;
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("no canvas");
  ctx.scale(2, 2);
  return { canvas, numbered: drawSheet(ctx, app, sheet, 600) };
}

/**
 * The picture as SVG, one path for each tie.
 * @param {App} app
 */
export function svgFile(app) {
  const ctx = new SvgContext(FILE.width, FILE.height);
  drawSheet(/** @type {Context} */ (/** @type {unknown} */ (ctx)), app, FILE, 1);
  return ctx.finish(app.model.about.title);
}

/**
 * @param {Context} ctx
 * @param {App} app
 * @param {Sheet} sheet
 * @param {number} batch  ties in one stroke
 * @returns {number[]}  nodes that have a number instead of a name, in its order
 */
function drawSheet(ctx, app, sheet, batch) {
  const { width, height, top } = sheet;
  const palette = sheet === PAPER ? { ...app.palette(), paper: "#ffffff" } : app.palette();
  ctx.fillStyle = palette.paper;
  ctx.fillRect(0, 0, width, height);
  if (sheet === FILE) drawHeading(ctx, app, palette);
  const rows = legendRows(ctx, app, palette, width);
  const bottom = height - EDGE - rows.length * 26;
  drawLegend(ctx, palette, rows, bottom + 14);
  const box = bounds(app.model, app.style.order);
  if (!box) return [];
  const at = fitted(box, width, bottom - top - 24);
  const frame = {
    model: app.model,
    view: app.view,
    style: app.style,
    tieName: (/** @type {number} */ t) => tieName(app, t),
    palette,
    k: at.k,
    tall: at.tall,
    tx: at.tx,
    ty: at.ty + top,
    grow: 1.15,
    box: /** @type {[number, number, number, number]} */ ([0, top, width, bottom]),
    safe: /** @type {[number, number, number, number]} */ ([EDGE / 2, top, width - EDGE / 2, bottom]),
    blocked: null,
    batch,
  };
  ctx.globalAlpha = app.view.ties > 3000 ? 0.25 : 0.75;
  for (const _ of drawTies(ctx, frame, shownTies(frame), { colour: palette.tie, width: 1.2 })) void _;
  ctx.globalAlpha = 1;
  for (const _ of drawMarks(ctx, frame, app.style.order)) void _;
  const names = placeLabels(ctx, frame, app.style.order, app.style.strong, shownTies(frame));
  const { labels, numbered } = sheet === PAPER ? withNumbers(ctx, frame, app.style.order, names) : { labels: names, numbered: [] };
  drawLabels(ctx, frame, labels);
  return numbered;
}

/**
 * @param {Context} ctx
 * @param {App} app
 * @param {import("./style.js").Palette} palette
 */
function drawHeading(ctx, app, palette) {
  const { words, view } = app;
  const { colour, size } = app.store.state;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.ink;
  ctx.font = `600 24px ${palette.font}`;
  ctx.fillText(app.model.about.title.slice(0, 110), EDGE, 44);
  ctx.font = `400 15px ${palette.font}`;
  ctx.fillStyle = palette.muted;
  const sized = size === "same" ? words.say("size.same") : size === OWN ? words.say("colour.own") : words.label("measure", size);
  const parts = [
    words.count("nodes", view.nodes),
    words.count("ties", view.ties),
    `${words.say("colour.label")}: ${colourName(app, colour)}`,
    `${words.say("size.label")}: ${sized}`,
  ];
  ctx.fillText(parts.join("  ·  "), EDGE, 74);
}

/**
 * Legend items in rows that fit the sheet.
 * @param {Context} ctx
 * @param {App} app
 * @param {import("./style.js").Palette} palette
 * @param {number} wide
 */
function legendRows(ctx, app, palette, wide) {
  ctx.font = `400 14px ${palette.font}`;
  const { state } = app.store;
  const items = legendItems(app, state);
  /** @type {(typeof items[number] & {x: number})[][]} */
  const rows = [[]];
  let x = EDGE;
  for (const item of items) {
    const width = (item.ramp ? 6 + RAMP : 30) + ctx.measureText(item.text).width + 24;
    if (x + width > wide - EDGE && rows[rows.length - 1].length) {
      rows.push([]);
      x = EDGE;
    }
    rows[rows.length - 1].push({ ...item, x });
    x += width;
  }
  return rows;
}

/**
 * @param {App} app
 * @param {import("./state.js").State} state
 * @returns {{text: string, shape: number, colour: number, dash: number, ramp?: boolean}[]}
 */
function legendItems(app, state) {
  const byKind = state.colour === "kind" && !app.departure;
  const named = (/** @type {string} */ key, /** @type {import("./style.js").Entry} */ e) => `${capital(valueName(app, key, e.value))}  ${app.words.number(e.count)}`;
  const drawn = (/** @type {string} */ key) => legendEntries(app.model, app.view, state, key).filter((e) => e.count > 0);
  const items = drawn("kind").map((e) => ({ text: named("kind", e), shape: e.shape, colour: byKind ? e.colour : UNKNOWN, dash: -1 }));
  if (!byKind && !app.departure) {
    const entries = drawn(state.colour);
    items.push(...entries.filter((e) => e.colour !== GREY).map((e) => ({ text: named(state.colour, e), shape: 0, colour: e.colour, dash: -1 })));
    const grey = entries.filter((e) => e.colour === GREY);
    if (grey.length) items.push({ text: app.words.count("legend.others", grey.length), shape: 0, colour: GREY, dash: -1 });
    const between = state.colour === "cluster" ? countBetween(app) : 0;
    if (between) items.push({ text: `${app.words.say("cluster.between")}  ${between}`, shape: 0, colour: PALE, dash: -1 });
    items.push(...rampItem(app, state.colour));
  }
  const status = app.model.facets.find((f) => f.key === "status");
  for (const e of drawn("status")) {
    const tie = status ? status.codes.indexOf(status.values.indexOf(e.value)) : 0;
    items.push({ text: named("status", e), shape: 0, colour: 0, dash: app.style.dash[tie] });
  }
  return items;
}

/**
 * The colours of a measure, with its lowest and highest value.
 * @param {App} app
 * @param {string} key
 */
function rampItem({ model, words }, key) {
  const measure = model.measures.find((m) => m.key === key);
  if (!measure) return [];
  const [low, high] = rangeOf(measure);
  const text = `${capital(words.label("measure", key))} ${words.number(low)} – ${words.number(high)}`;
  return [{ text, shape: 0, colour: 0, dash: -1, ramp: true }];
}

/**
 * @param {Context} ctx
 * @param {number} x
 * @param {number} y
 */
function drawRamp(ctx, x, y) {
  const steps = ramp();
  steps.forEach((fill, s) => {
    ctx.fillStyle = fill;
    ctx.fillRect(x + (s * RAMP) / steps.length, y - 7, RAMP / steps.length + 0.5, 14);
  });
}

/**
 * @param {Context} ctx
 * @param {import("./style.js").Palette} palette
 * @param {ReturnType<typeof legendRows>} rows
 * @param {number} top
 */
function drawLegend(ctx, palette, rows, top) {
  rows.forEach((row, r) => {
    const y = top + r * 26;
    for (const item of row) {
      if (item.ramp) drawRamp(ctx, item.x, y);
      else drawKey(ctx, palette, item, y);
      ctx.fillStyle = palette.ink;
      ctx.font = `400 14px ${palette.font}`;
      ctx.textAlign = "left";
      ctx.fillText(item.text, item.x + (item.ramp ? 6 + RAMP : 28), y);
    }
  });
}

/**
 * A line or a mark, as the graph has them.
 * @param {Context} ctx
 * @param {import("./style.js").Palette} palette
 * @param {{shape: number, colour: number, dash: number, x: number}} item
 * @param {number} y
 */
function drawKey(ctx, palette, item, y) {
  ctx.beginPath();
  if (item.dash >= 0) {
    ctx.setLineDash(DASHES[item.dash]);
    ctx.strokeStyle = palette.tie;
    ctx.lineWidth = 1.6 * WIDTHS[item.dash];
    ctx.moveTo(item.x - 4, y);
    ctx.lineTo(item.x + 20, y);
  } else {
    traceShape(ctx, item.shape, item.x + 8, y, 7);
    ctx.fillStyle = WITH_PALE[item.colour];
    ctx.fill();
    ctx.strokeStyle = palette.outline;
    ctx.lineWidth = 1.2;
  }
  ctx.stroke();
  ctx.setLineDash([]);
}
