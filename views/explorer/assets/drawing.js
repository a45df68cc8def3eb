// Drawing marks, ties and labels on a 2D context, be it a canvas or the writer of an SVG.
// Everything works in pixels of the stage; a frame says where the world lies on it.

import { DASHES, SHAPES, WIDTHS } from "./style.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./style.js").Style} Style */
/** @typedef {import("./labels.js").Label} Label */
/**
 * @typedef {object} Frame
 * @property {Model} model
 * @property {import("./filters.js").View} view
 * @property {Style} style
 * @property {import("./style.js").Palette} palette
 * @property {(tie: number) => string} tieName
 * @property {number} k  pixels for one unit of the world, across
 * @property {number} tall  how many times more pixels for one unit downwards
 * @property {number} tx
 * @property {number} ty
 * @property {number} grow  how much larger marks are than at fit
 * @property {[number, number, number, number]} box  what is drawn: left, top, right, bottom
 * @property {[number, number, number, number]} safe  where labels should be: the visible part
 * @property {[number, number, number, number] | null} blocked  a corner that controls lie on
 * @property {number} batch  ties in one stroke
 */
/** @typedef {CanvasRenderingContext2D} Context */

// How much is left of what has ended.
export const PAST = 0.35;

/** @param {Frame} frame @param {number} i */
export const screenX = (frame, i) => frame.model.x[i] * frame.k + frame.tx;
/** @param {Frame} frame @param {number} i */
export const screenY = (frame, i) => frame.model.y[i] * frame.k * frame.tall + frame.ty;
/** @param {Frame} frame @param {number} i */
export const screenR = (frame, i) => frame.style.radius[i] * frame.grow;

/**
 * Trace a mark of about the same area whatever its shape.
 * @param {Context} ctx
 * @param {number} shape
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function traceShape(ctx, shape, x, y, r) {
  const name = SHAPES[shape];
  if (name === "circle") {
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  } else if (name === "square") {
    const s = r * 0.9;
    ctx.rect(x - s, y - s, 2 * s, 2 * s);
  } else {
    polygon(ctx, CORNERS[name], x, y, r);
  }
}

/** @type {Record<string, [number, number][]>} */
const CORNERS = {
  hexagon: ring(6, 1.1, 0),
  triangle: ring(3, 1.3, -Math.PI / 2).map(([x, y]) => [x, y + 0.18]),
  diamond: ring(4, 1.22, 0),
};

/**
 * @param {number} count
 * @param {number} r
 * @param {number} turn
 * @returns {[number, number][]}
 */
function ring(count, r, turn) {
  return Array.from({ length: count }, (_, c) => {
    const angle = turn + (2 * Math.PI * c) / count;
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
}

/**
 * @param {Context} ctx
 * @param {[number, number][]} corners
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function polygon(ctx, corners, x, y, r) {
  corners.forEach(([cx, cy], c) => {
    if (c) ctx.lineTo(x + cx * r, y + cy * r);
    else ctx.moveTo(x + cx * r, y + cy * r);
  });
  ctx.closePath();
}

// Ends and control point of the tie last asked for; one array, since there may be 150,000.
const curve = new Float64Array(6);

/**
 * The line of a tie: x1 y1 cx cy x2 y2. Parallel ties fan out around the straight line.
 * @param {Frame} frame
 * @param {number} t
 * @returns {Float64Array}
 */
export function tieCurve(frame, t) {
  const { source, target } = frame.model;
  const s = source[t];
  const g = target[t];
  curve[0] = screenX(frame, s);
  curve[1] = screenY(frame, s);
  curve[4] = screenX(frame, g);
  curve[5] = screenY(frame, g);
  const dx = curve[4] - curve[0];
  const dy = curve[5] - curve[1];
  const length = Math.hypot(dx, dy) || 1;
  const middle = (frame.style.slots[t] - 1) / 2;
  const side = s < g ? 1 : -1;
  const gap = Math.min(34, 14 + length * 0.06) * Math.min(1.6, frame.grow);
  const bend = (frame.style.slot[t] - middle) * gap * side;
  curve[2] = (curve[0] + curve[4]) / 2 - (dy / length) * bend;
  curve[3] = (curve[1] + curve[5]) / 2 + (dx / length) * bend;
  return curve;
}

/**
 * Draw ties, batch by batch; yields between batches so that a caller can pause.
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {Iterable<number>} ties
 * @param {{colour: string, width: number}} pen
 * @returns {Generator<void>}
 */
export function* drawTies(ctx, frame, ties, pen) {
  const { dash, ended } = frame.style;
  /** @type {number[][]} */
  const heap = [...DASHES, ...DASHES].map(() => []);
  for (const t of ties) {
    if (!crosses(frame, t)) continue;
    const d = dash[t] + (ended?.tie[t] ? DASHES.length : 0);
    heap[d].push(t);
    if (heap[d].length >= frame.batch) {
      strokeTies(ctx, frame, heap[d], d, pen);
      heap[d] = [];
      yield;
    }
  }
  for (let d = 0; d < heap.length; d++) strokeTies(ctx, frame, heap[d], d, pen);
  ctx.setLineDash([]);
}

/**
 * Whether the box around a tie's ends meets what is drawn.
 * @param {Frame} frame
 * @param {number} t
 */
export function crosses(frame, t) {
  const s = frame.model.source[t];
  const g = frame.model.target[t];
  const [left, top, right, bottom] = frame.box;
  const x1 = screenX(frame, s);
  const x2 = screenX(frame, g);
  if (Math.max(x1, x2) < left || Math.min(x1, x2) > right) return false;
  const y1 = screenY(frame, s);
  const y2 = screenY(frame, g);
  return Math.max(y1, y2) >= top && Math.min(y1, y2) <= bottom;
}

/**
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {number[]} ties
 * @param {number} look  index into DASHES, or that many more for what has ended
 * @param {{colour: string, width: number}} pen
 */
function strokeTies(ctx, frame, ties, look, pen) {
  if (!ties.length) return;
  const dash = look % DASHES.length;
  const alpha = ctx.globalAlpha;
  ctx.globalAlpha = look < DASHES.length ? alpha : alpha * PAST;
  ctx.setLineDash(DASHES[dash]);
  ctx.strokeStyle = pen.colour;
  ctx.lineWidth = pen.width * WIDTHS[dash];
  ctx.beginPath();
  for (const t of ties) {
    const c = tieCurve(frame, t);
    ctx.moveTo(c[0], c[1]);
    if (frame.style.slots[t] > 1) ctx.quadraticCurveTo(c[2], c[3], c[4], c[5]);
    else ctx.lineTo(c[4], c[5]);
  }
  ctx.stroke();
  if (frame.style.arrows) {
    ctx.fillStyle = pen.colour;
    ctx.beginPath();
    for (const t of ties) if (frame.model.directed[t]) traceArrow(ctx, frame, t, 3.5 + 2.5 * pen.width);
    ctx.fill();
  }
  ctx.globalAlpha = alpha;
}

/**
 * An arrowhead that touches the mark the tie goes to.
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {number} t
 * @param {number} size
 */
function traceArrow(ctx, frame, t, size) {
  const c = tieCurve(frame, t);
  const dx = c[4] - c[2];
  const dy = c[5] - c[3];
  const length = Math.hypot(dx, dy) || 1;
  const gap = screenR(frame, frame.model.target[t]) + 1.5;
  if (length * 2 < gap + size) return;
  const ux = dx / length;
  const uy = dy / length;
  const x = c[4] - ux * gap;
  const y = c[5] - uy * gap;
  ctx.moveTo(x, y);
  ctx.lineTo(x - ux * size - uy * size * 0.42, y - uy * size + ux * size * 0.42);
  ctx.lineTo(x - ux * size + uy * size * 0.42, y - uy * size - ux * size * 0.42);
  ctx.closePath();
}

/**
 * Draw marks, the least important first; yields now and then.
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {number[]} nodes  most important first
 * @returns {Generator<void>}
 */
export function* drawMarks(ctx, frame, nodes) {
  const [left, top, right, bottom] = frame.box;
  const alpha = ctx.globalAlpha;
  ctx.strokeStyle = frame.palette.outline;
  for (let p = nodes.length - 1; p >= 0; p--) {
    const i = nodes[p];
    const x = screenX(frame, i);
    const y = screenY(frame, i);
    const r = screenR(frame, i);
    if (x + r < left || x - r > right || y + r < top || y - r > bottom) continue;
    ctx.fillStyle = frame.style.colours[frame.style.colour[i]];
    ctx.lineWidth = r < 4 ? 0.25 + r / 8 : 1.25;
    ctx.globalAlpha = frame.style.ended?.node[i] ? alpha * PAST : alpha;
    ctx.beginPath();
    traceShape(ctx, frame.style.shape[i], x, y, r);
    ctx.fill();
    const pie = frame.style.pies?.[i];
    if (pie) drawPie(ctx, frame, pie, x, y, r);
    ctx.stroke();
    ctx.globalAlpha = alpha;
    if (p % 400 === 0) yield;
  }
}

/**
 * The slices of a disc, from the top clockwise; leaves the path of its rim.
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {{colour: number, share: number}[]} pie
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function drawPie(ctx, frame, pie, x, y, r) {
  let from = -Math.PI / 2;
  for (const { colour, share } of pie) {
    const to = from + 2 * Math.PI * share;
    ctx.beginPath();
    ctx.moveTo(x, y);
    // In short straight lines: what writes the SVG knows whole circles only.
    for (let angle = from; angle < to; angle += 0.05) ctx.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
    ctx.lineTo(x + r * Math.cos(to), y + r * Math.sin(to));
    ctx.closePath();
    ctx.fillStyle = frame.style.colours[colour];
    ctx.fill();
    from = to;
  }
  ctx.beginPath();
  traceShape(ctx, 0, x, y, r);
}

/**
 * Draw placed labels with a rim of paper around the letters.
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {Label[]} labels
 */
export function drawLabels(ctx, frame, labels) {
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const label of labels) {
    if (label.leader) {
      ctx.strokeStyle = frame.palette.muted;
      ctx.lineWidth = 0.75;
      ctx.beginPath();
      ctx.moveTo(label.leader[0], label.leader[1]);
      ctx.lineTo(label.leader[2], label.leader[3]);
      ctx.stroke();
    }
    ctx.font = label.font;
    ctx.textAlign = label.align;
    ctx.strokeStyle = frame.palette.paper;
    ctx.lineWidth = 3.5;
    ctx.fillStyle = label.node < 0 ? frame.palette.muted : frame.palette.ink;
    label.lines.forEach((line, row) => ctx.strokeText(line, label.x, label.y + row * label.step));
    label.lines.forEach((line, row) => ctx.fillText(line, label.x, label.y + row * label.step));
  }
}

/**
 * A ring around a mark: it is selected, pointed at, or thought away.
 * @param {Context} ctx
 * @param {Frame} frame
 * @param {number} i
 * @param {{width: number, dash: number[]}} pen
 */
export function drawRing(ctx, frame, i, pen) {
  ctx.beginPath();
  ctx.setLineDash(pen.dash);
  ctx.strokeStyle = frame.palette.accent;
  ctx.lineWidth = pen.width;
  const r = screenR(frame, i) + 4;
  ctx.moveTo(screenX(frame, i) + r, screenY(frame, i));
  ctx.arc(screenX(frame, i), screenY(frame, i), r, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.setLineDash([]);
}

/**
 * Shown ties, by row.
 * @param {Frame} frame
 * @returns {Generator<number>}
 */
export function* shownTies(frame) {
  for (let t = 0; t < frame.model.m; t++) if (frame.view.tie[t]) yield t;
}

/**
 * How opaque ties are, the fainter the more there are.
 * @param {number} ties
 */
export function tieAlpha(ties) {
  return ties < 300 ? 0.75 : ties < 3000 ? 0.45 : ties < 30000 ? 0.2 : 0.09;
}
