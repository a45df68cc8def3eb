// The picture as a file: title, graph and legend on one sheet, for PNG and SVG alike.

import { colourName, valueName } from "./app.js";
import { captionOf } from "./caption.js";
import { drawLabels, drawMarks, drawTies, PAST, shownTies, tieAlpha, traceShape } from "./drawing.js";
import { bounds, fitted, markScale } from "./fit.js";
import { placeLabels } from "./labels.js";
import { countBetween, endedItem, pieceItems } from "./legend.js";
import { drawMark } from "./lifted.js";
import { drawable } from "./model.js";
import { withNumbers } from "./numbers.js";
import { DASHES, GREY, legendEntries, OWN, PALE, ramp, rangeOf, UNKNOWN, WIDTHS, WITH_PALE } from "./style.js";
import { SvgContext } from "./svg.js";
import { placeTieNames, tieName } from "./ties.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {CanvasRenderingContext2D} Context */

/** @typedef {{width: number, height: number, listed: boolean}} Sheet  in pixels; whether names that found no room are listed on it */
const FILE = { width: 1600, height: 1120, listed: true };
// What an A4 sheet has room for between its margins; a list of names follows on the page.
export const PORTRAIT = { width: 700, height: 980, listed: false };
export const LANDSCAPE = { width: 1020, height: 660, listed: false };
const EDGE = 40;
const RAMP = 132;
const ROW = 15;
const LIST_COLUMNS = 3;

/**
 * What the stage shows.
 * @param {App} app
 * @returns {import("./renderer.js").Picture}
 */
export function pictureOf(app) {
  const { model, view, style } = app;
  const named = app.store.state.named !== "";
  return app.overview ?? { model, view, style, palette: app.palette(), named, tieName: (t) => tieName(app, t) };
}

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
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("no canvas");
  const plan = planned(ctx, app, sheet);
  canvas.width = 2 * sheet.width;
  canvas.height = 2 * plan.height;
  ctx.scale(2, 2);
  drawSheet(ctx, app, plan, 600);
  return { canvas, numbered: plan.numbered };
}

/**
 * The picture as SVG, one path for each tie.
 * @param {App} app
 */
export function svgFile(app) {
  const ruler = document.createElement("canvas").getContext("2d");
  if (!ruler) throw new Error("no canvas");
  const plan = planned(ruler, app, FILE);
  const ctx = new SvgContext(plan.width, plan.height);
  drawSheet(/** @type {Context} */ (/** @type {unknown} */ (ctx)), app, plan, 1);
  return ctx.finish(app.model.about.title);
}

/**
 * Where everything goes on a sheet: heading, graph, legend, and the names that found no room.
 * @param {Context} ctx  to measure with
 * @param {App} app
 * @param {Sheet} sheet
 */
function planned(ctx, app, sheet) {
  const palette = sheet.listed ? app.palette() : { ...app.palette(), paper: "#ffffff" };
  const picture = { ...pictureOf(app), palette };
  const { width } = sheet;
  const heading = headingLines(ctx, app, palette, width);
  const top = heading.length ? heading[heading.length - 1].y + 22 : 8;
  const rows = legendRows(ctx, app, palette, width);
  const bottom = sheet.height - EDGE - rows.length * 26;
  const frame = frameOn(picture, [0, top, width, bottom]);
  if (!frame) return { ...sheet, palette, picture, heading, rows, bottom, frame, labels: [], numbered: [], list: [] };
  const { order, strong } = picture.style;
  const lifted = app.mark?.fade ? app.mark.nodes : order;
  const names = placeLabels(ctx, frame, lifted, app.mark?.fade ? 1 : strong, app.mark?.fade ? app.mark.ties : shownTies(frame));
  const { labels, numbered } = withNumbers(ctx, frame, order, names);
  const list = sheet.listed ? listLines(ctx, app, palette, numbered, width) : [];
  const height = sheet.height + Math.ceil(list.length / LIST_COLUMNS) * ROW + (list.length ? 16 : 0);
  return { ...sheet, height, palette, picture, heading, rows, bottom, frame, labels, numbered, list };
}

/**
 * @param {import("./renderer.js").Picture} picture
 * @param {[number, number, number, number]} box
 */
function frameOn(picture, box) {
  const [left, top, right, bottom] = box;
  const around = bounds(picture.model, picture.style.order);
  if (!around) return null;
  const at = fitted(around, right - left, bottom - top - 24);
  const safe = /** @type {[number, number, number, number]} */ ([left + EDGE / 2, top, right - EDGE / 2, bottom]);
  return { ...picture, k: at.k, tall: at.tall, tx: at.tx + left, ty: at.ty + top, grow: Math.min(1.15, markScale(right - left, bottom - top) * 1.15), box, safe, blocked: null, batch: 0 };
}

/**
 * @param {Context} ctx
 * @param {App} app
 * @param {ReturnType<typeof planned>} plan
 * @param {number} batch  ties in one stroke
 */
function drawSheet(ctx, app, plan, batch) {
  const { width, height, palette, heading, rows, bottom, list } = plan;
  ctx.fillStyle = palette.paper;
  ctx.fillRect(0, 0, width, height);
  writeLines(ctx, heading);
  if (plan.frame) drawGraph(ctx, app, plan, { ...plan.frame, batch });
  drawLegend(ctx, palette, rows, bottom + 14);
  const deep = Math.ceil(list.length / LIST_COLUMNS);
  const from = bottom + 26 + rows.length * 26;
  const column = (width - 2 * EDGE) / LIST_COLUMNS;
  writeLines(ctx, list.map((line, l) => ({ ...line, x: EDGE + Math.floor(l / deep) * column, y: from + (l % deep) * ROW })));
}

/**
 * The graph as the stage shows it: faded where something is lifted out of it.
 * @param {Context} ctx
 * @param {App} app
 * @param {ReturnType<typeof planned>} plan
 * @param {import("./drawing.js").Frame} frame
 */
function drawGraph(ctx, app, { picture, labels, palette }, frame) {
  const { order } = picture.style;
  ctx.globalAlpha = tieAlpha(picture.view.ties);
  for (const _ of drawTies(ctx, frame, shownTies(frame), { colour: palette.tie, width: 1.2 })) void _;
  ctx.globalAlpha = 1;
  for (const _ of drawMarks(ctx, frame, order)) void _;
  const { mark } = app;
  if (mark?.fade) {
    ctx.globalAlpha = 0.8;
    ctx.fillStyle = palette.paper;
    ctx.fillRect(0, frame.box[1], frame.box[2], frame.box[3] - frame.box[1]);
    ctx.globalAlpha = 1;
  }
  if (mark) drawMark(ctx, frame, { ...mark, nodes: mark.fade ? mark.nodes : [] }, mark.fade ? labels : []);
  if (!mark?.fade) drawLabels(ctx, frame, labels);
  if (picture.named && !mark?.fade) drawLabels(ctx, frame, placeTieNames(ctx, frame, shownTies(frame), picture.tieName, order, labels));
}

/** @typedef {{text: string, x: number, y: number, font: string, fill: string}} Line */

/** @param {Context} ctx @param {Line[]} lines */
function writeLines(ctx, lines) {
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const { text, x, y, font, fill } of lines) {
    ctx.font = font;
    ctx.fillStyle = fill;
    ctx.fillText(text, x, y);
  }
}

/**
 * Title, what is shown, and in words what is special about it: the caption.
 * @param {Context} ctx
 * @param {App} app
 * @param {import("./style.js").Palette} palette
 * @param {number} width
 * @returns {Line[]}
 */
function headingLines(ctx, app, palette, width) {
  const { words, view } = app;
  const { colour, size } = app.store.state;
  const sized = size === "same" ? words.say("size.same") : size === OWN ? words.say("colour.own") : words.label("measure", size);
  const shown = [
    words.count("nodes", view.nodes),
    words.count("ties", view.ties),
    app.departure ? "" : `${words.say("colour.label")}: ${colourName(app, colour)}`,
    app.overview ? "" : `${words.say("size.label")}: ${sized}`,
  ];
  /** @type {Line[]} */
  const lines = [];
  let y = 20;
  const add = (/** @type {string} */ text, /** @type {number} */ px, /** @type {number} */ weight, /** @type {string} */ fill) => {
    const font = `${weight} ${px}px ${palette.font}`;
    for (const line of wrapped(ctx, text, font, width - 2 * EDGE)) {
      y += px * 1.35;
      lines.push({ text: line, x: EDGE, y: y - px * 0.5, font, fill });
    }
    y += 4;
  };
  add(app.model.about.title, width > 1200 ? 24 : 17, 600, palette.ink);
  add(shown.filter(Boolean).join("  ·  "), width > 1200 ? 15 : 11.5, 400, palette.muted);
  const caption = captionOf(app).join(" ");
  if (caption) add(caption, width > 1200 ? 15 : 11.5, 400, palette.ink);
  return lines;
}

/**
 * A text in lines of a width; a word that is longer stays whole.
 * @param {Context} ctx
 * @param {string} text
 * @param {string} font
 * @param {number} width
 */
function wrapped(ctx, text, font, width) {
  ctx.font = font;
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && ctx.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/**
 * The names of numbered nodes, in lines that fit a column.
 * @param {Context} ctx
 * @param {App} app
 * @param {import("./style.js").Palette} palette
 * @param {number[]} numbered
 * @param {number} width
 */
function listLines(ctx, { model }, palette, numbered, width) {
  const font = `400 12px ${palette.font}`;
  const column = (width - 2 * EDGE) / LIST_COLUMNS - 20;
  return numbered.flatMap((i, p) => wrapped(ctx, `${p + 1}  ${drawable(String(model.nodes.name?.[i] ?? ""), Infinity)}`, font, column).map((text) => ({ text, font, fill: palette.ink })));
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
 * @returns {{text: string, shape: number, colour: number, dash: number, ramp?: boolean, faded?: boolean}[]}
 */
function legendItems(app, state) {
  const byKind = state.colour === "kind" && !app.departure;
  const named = (/** @type {string} */ key, /** @type {import("./style.js").Entry} */ e) => `${capital(valueName(app, key, e.value))}  ${app.words.number(e.count)}`;
  const drawn = (/** @type {string} */ key) => legendEntries(app.model, app.view, state, key).filter((e) => e.count > 0);
  const items = (app.overview && !byKind ? [] : drawn("kind")).map((e) => ({ text: named("kind", e), shape: e.shape, colour: byKind ? e.colour : UNKNOWN, dash: -1 }));
  if (app.departure) items.push(...pieceItems(app).map((piece) => ({ text: `${piece.name}  ${app.words.number(piece.size)}`, shape: 0, colour: piece.colour, dash: -1 })));
  else if (!byKind) {
    const entries = drawn(state.colour);
    items.push(...entries.filter((e) => e.colour !== GREY).map((e) => ({ text: named(state.colour, e), shape: 0, colour: e.colour, dash: -1 })));
    const grey = entries.filter((e) => e.colour === GREY);
    if (grey.length) items.push({ text: app.words.count("legend.others", grey.length), shape: 0, colour: GREY, dash: -1 });
    const between = state.colour === "cluster" ? countBetween(app) : 0;
    if (between) items.push({ text: `${app.words.say("cluster.between")}  ${between}`, shape: 0, colour: PALE, dash: -1 });
    items.push(...rampItem(app, state.colour));
  }
  if (app.overview) return items;
  const status = app.model.facets.find((f) => f.key === "status");
  for (const e of drawn("status")) {
    const tie = status ? status.codes.indexOf(status.values.indexOf(e.value)) : 0;
    items.push({ text: named("status", e), shape: 0, colour: 0, dash: app.style.dash[tie] });
  }
  const past = endedItem(app);
  return past ? [...items, { text: `${past.name}  ${past.count}`, shape: 0, colour: 0, dash: 0, faded: true }] : items;
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
 * @param {{shape: number, colour: number, dash: number, x: number, faded?: boolean}} item
 * @param {number} y
 */
function drawKey(ctx, palette, item, y) {
  ctx.beginPath();
  if (item.dash >= 0) {
    ctx.globalAlpha = item.faded ? PAST : 1;
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
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}
