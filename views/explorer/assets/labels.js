// Where names go: beside their marks, never over one another, the important ones first.

import { crosses, screenR, screenX, screenY, tieCurve } from "./drawing.js";

/** @typedef {import("./drawing.js").Frame} Frame */
/**
 * @typedef {object} Label
 * @property {number} node
 * @property {string[]} lines
 * @property {string} font
 * @property {CanvasTextAlign} align
 * @property {number} x
 * @property {number} y  middle of the first line
 * @property {number} step  from line to line
 * @property {number[] | null} leader  line to a mark further off
 * @property {[number, number]} at  where the mark was
 * @property {Box} box  that it fills where it was placed
 */
/** @typedef {[number, number, number, number]} Box  left, top, right, bottom */
/** @typedef {{node: number, lines: string[], width: number, font: string, step: number}} Text */

const SIZE = 12.5;
const STEP = 15;
const WIDEST = 132;
const CELL = 64;
// Up to this many labels, and with this much room for each in square pixels, all get a place, if
// need be further off with a line to the mark.
const ALL_UP_TO = 90;
const ROOM = 9000;
const AT_MOST = 400;
const ROUNDS = 5;
// Where there are many marks, names keep clear of the most important ones only.
const ALL_FREE_UP_TO = 300;
const KEPT_FREE = 150;
const OUTSIDE = 60;
const MOST_SEGMENTS = 1200;

/** Boxes by cell of a grid, to find out quickly what is in the way. */
export class Crowd {
  constructor() {
    /** @type {Map<number, Box[]>} */
    this.cells = new Map();
  }

  /** @param {Box} box @param {(cell: Box[]) => boolean | void} visit  true to stop */
  each(box, visit) {
    for (let cx = Math.floor(box[0] / CELL); cx <= Math.floor(box[2] / CELL); cx++) {
      for (let cy = Math.floor(box[1] / CELL); cy <= Math.floor(box[3] / CELL); cy++) {
        const key = cx * 65536 + cy;
        let cell = this.cells.get(key);
        if (!cell) this.cells.set(key, (cell = []));
        if (visit(cell)) return true;
      }
    }
    return false;
  }

  /** @param {Box} box */
  add(box) {
    this.each(box, (cell) => void cell.push(box));
  }

  /**
   * Whether a box meets one that is there, its own mark apart.
   * @param {Box} box
   * @param {Box | undefined} own
   */
  meets(box, own) {
    return this.each(box, (cell) =>
      cell.some((b) => b !== own && overlap(b, box)),
    );
  }
}

/**
 * Place names, most important first. Where few are shown, all get a place if there is any.
 * @param {CanvasRenderingContext2D} ctx  to measure with
 * @param {Frame} frame
 * @param {number[]} nodes  most important first
 * @param {number} strong  how many of them are set heavier
 * @param {Iterable<number>} ties  that names keep off where there is room
 * @returns {Label[]}
 */
export function placeLabels(ctx, frame, nodes, strong, ties) {
  const near = nodes.filter((i) => inside(frame.box, screenX(frame, i), screenY(frame, i)));
  const all = near.length <= ALL_UP_TO && near.length * ROOM <= area(frame.safe);
  const most = all ? near.length : Math.min(AT_MOST, area(frame.box) / ROOM / 1.5);
  // Of those that there are too many of, so many have a chance.
  const texts = near.slice(0, Math.ceil(most) * 3).map((i, p) => text(ctx, frame, i, p < strong));
  const segments = all ? tieSegments(frame, ties) : [];
  let order = texts;
  /** @type {Label[]} */
  let best = [];
  let fewest = Infinity;
  for (let round = 0; round < (all ? ROUNDS : 1); round++) {
    const { placed, unhappy } = attempt(frame, near.length <= ALL_FREE_UP_TO ? near : near.slice(0, KEPT_FREE), order, segments, all);
    if (unhappy.length < fewest) [best, fewest] = [placed, unhappy.length];
    if (!unhappy.length) break;
    // Those without a good place choose first in the next round.
    order = [...unhappy, ...order.filter((t) => !unhappy.includes(t))];
  }
  return best;
}

/**
 * @param {Frame} frame
 * @param {number[]} marks
 * @param {Text[]} texts
 * @param {Box[]} segments
 * @param {boolean} all
 */
function attempt(frame, marks, texts, segments, all) {
  const crowd = new Crowd();
  /** @type {Map<number, Box>} */
  const own = new Map();
  for (const i of marks) {
    const box = markBox(frame, i);
    own.set(i, box);
    crowd.add(box);
  }
  const most = all ? Infinity : Math.min(AT_MOST, area(frame.box) / ROOM / 1.5);
  /** @type {Label[]} */
  const placed = [];
  const unhappy = [];
  for (const item of texts) {
    const found = placeOne(frame, item, crowd, own.get(item.node), segments, all);
    if (found) placed.push(found.label);
    if (!found || found.cost >= OUTSIDE) unhappy.push(item);
    if (placed.length >= most) break;
  }
  return { placed, unhappy };
}

/**
 * @param {Frame} frame
 * @param {number} i
 * @returns {Box}
 */
export function markBox(frame, i) {
  const [x, y, r] = [screenX(frame, i), screenY(frame, i), screenR(frame, i) + 1];
  return [x - r, y - r, x + r, y + r];
}

/**
 * @param {Frame} frame
 * @param {Text} item
 * @param {Crowd} crowd
 * @param {Box | undefined} own
 * @param {Box[]} segments
 * @param {boolean} all
 * @returns {{label: Label, cost: number} | null}
 */
export function placeOne(frame, item, crowd, own, segments, all) {
  let best = null;
  const inView = inside(frame.safe, screenX(frame, item.node), screenY(frame, item.node));
  // Where not all get a name, better none than half a name at the rim.
  let least = all || !inView ? Infinity : OUTSIDE;
  for (const place of candidates(frame, item, all)) {
    if (place.cost >= least) continue;
    if (crowd.meets(place.box, own)) continue;
    let cost = place.cost + (within(frame.safe, place.box) ? 0 : OUTSIDE);
    if (frame.blocked && overlap(frame.blocked, place.box)) cost += OUTSIDE;
    for (const s of segments) if (cost < least && cuts(s, place.box)) cost += 1.6;
    if (cost < least) [best, least] = [place, cost];
  }
  if (!best) return null;
  crowd.add(best.box);
  const { box, align, far } = best;
  const x = align === "left" ? box[0] : align === "right" ? box[2] : (box[0] + box[2]) / 2;
  const mid = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const from = [screenX(frame, item.node), screenY(frame, item.node)];
  const edge = [clamp(from[0], box[0], box[2]), clamp(from[1], box[1], box[3])];
  const label = {
    node: item.node,
    lines: item.lines,
    font: item.font,
    align,
    x,
    y: mid[1] - ((item.lines.length - 1) * item.step) / 2,
    step: item.step,
    leader: far ? [from[0], from[1], edge[0], edge[1]] : null,
    at: /** @type {[number, number]} */ ([from[0], from[1]]),
    box,
  };
  return { label, cost: least };
}

/**
 * Labels moved along with their marks, for as long as the picture moves.
 * @param {Frame} frame
 * @param {Label[]} labels
 * @returns {Label[]}
 */
export function carried(frame, labels) {
  return labels.map((label) => {
    const [x, y] = [screenX(frame, label.node), screenY(frame, label.node)];
    const [dx, dy] = [x - label.at[0], y - label.at[1]];
    const leader = label.leader?.map((v, c) => v + (c % 2 ? dy : dx)) ?? null;
    const box = /** @type {Box} */ (label.box.map((v, c) => v + (c % 2 ? dy : dx)));
    return { ...label, x: label.x + dx, y: label.y + dy, leader, at: [x, y], box };
  });
}

// Direction, alignment and cost of the places beside a mark.
/** @type {[number, number, CanvasTextAlign, number][]} */
const SIDES = [
  [1, 0, "left", 0],
  [-1, 0, "right", 0.4],
  [0, 1, "center", 0.3],
  [0, -1, "center", 0.5],
  [0.75, 0.75, "left", 1],
  [0.75, -0.75, "left", 1],
  [-0.75, 0.75, "right", 1.2],
  [-0.75, -0.75, "right", 1.2],
];

/**
 * @param {Frame} frame
 * @param {Text} item
 * @param {boolean} all
 */
function* candidates(frame, item, all) {
  const x = screenX(frame, item.node);
  const y = screenY(frame, item.node);
  const r = screenR(frame, item.node);
  const h = item.lines.length * item.step;
  for (const reach of all ? [4, 12, 26, 44, 66] : [4]) {
    for (const [dx, dy, align, cost] of SIDES) {
      // Corners of shapes stick out further than their sides.
      const out = Math.abs(dx * dy) > 0 ? r * 1.15 + reach + 2 : r + reach;
      const ex = x + dx * out;
      const ey = y + dy * out;
      const left = align === "left" ? ex : align === "right" ? ex - item.width : ex - item.width / 2;
      const top = dy > 0.9 ? ey - 1 : dy < -0.9 ? ey - h + 1 : ey - h / 2;
      /** @type {Box} */
      const box = [left, top, left + item.width, top + h];
      yield { box, align, far: reach > 12, cost: cost + (reach - 4) * 0.35 };
    }
  }
}

/**
 * A name in one or two lines, measured.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Frame} frame
 * @param {number} i
 * @param {boolean} strong
 * @returns {Text}
 */
function text(ctx, frame, i, strong) {
  const font = `${strong ? 600 : 400} ${SIZE}px ${frame.palette.font}`;
  ctx.font = font;
  const name = frame.model.label[i];
  const whole = ctx.measureText(name).width;
  if (whole <= WIDEST) return { node: i, lines: [name], width: whole, font, step: STEP };
  const lines = broken(ctx, name, Math.max(WIDEST, whole / 3));
  const width = Math.max(...lines.map((line) => ctx.measureText(line).width));
  return { node: i, lines, width, font, step: STEP };
}

/**
 * Break a name at its spaces into at most three lines of about one length.
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} name
 * @param {number} widest
 */
function broken(ctx, name, widest) {
  const whole = ctx.measureText(name).width;
  const rows = Math.min(3, Math.ceil(whole / widest));
  const aim = whole / rows + 8;
  /** @type {string[]} */
  const lines = [""];
  for (const word of name.split(" ")) {
    const line = lines[lines.length - 1];
    const longer = line ? `${line} ${word}` : word;
    if (line && lines.length < rows && ctx.measureText(longer).width > aim) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => shortened(ctx, line, widest * 1.5));
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} line
 * @param {number} widest
 */
function shortened(ctx, line, widest) {
  if (ctx.measureText(line).width <= widest) return line;
  const letters = [...line];
  while (letters.length > 3 && ctx.measureText(letters.join("") + "…").width > widest) letters.pop();
  return letters.join("") + "…";
}

/**
 * Straight stand-ins for the shown ties near the stage, to keep names off them.
 * @param {Frame} frame
 * @param {Iterable<number>} ties
 * @returns {Box[]}
 */
function tieSegments(frame, ties) {
  /** @type {Box[]} */
  const segments = [];
  for (const t of ties) {
    if (segments.length >= MOST_SEGMENTS) break;
    if (!crosses(frame, t)) continue;
    const [x1, y1, cx, cy, x2, y2] = tieCurve(frame, t);
    const mx = (x1 + 2 * cx + x2) / 4;
    const my = (y1 + 2 * cy + y2) / 4;
    segments.push([x1, y1, mx, my], [mx, my, x2, y2]);
  }
  return segments;
}

/**
 * Whether a segment passes through a box (Liang and Barsky's clipping).
 * @param {Box} segment
 * @param {Box} box
 */
function cuts(segment, box) {
  const x1 = segment[0];
  const y1 = segment[1];
  const x2 = segment[2];
  const y2 = segment[3];
  // Most are far away, and this is asked a hundred thousand times.
  if ((x1 < box[0] && x2 < box[0]) || (x1 > box[2] && x2 > box[2])) return false;
  if ((y1 < box[1] && y2 < box[1]) || (y1 > box[3] && y2 > box[3])) return false;
  let low = 0;
  let high = 1;
  for (const [delta, near, far] of [
    [x2 - x1, box[0] - x1, box[2] - x1],
    [y2 - y1, box[1] - y1, box[3] - y1],
  ]) {
    if (delta === 0) {
      if (near > 0 || far < 0) return false;
      continue;
    }
    low = Math.max(low, Math.min(near / delta, far / delta));
    high = Math.min(high, Math.max(near / delta, far / delta));
  }
  return low < high;
}

/** @param {Box} box @param {number} x @param {number} y */
const inside = (box, x, y) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
/** @param {Box} box */
const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
/** @param {Box} a @param {Box} b */
const overlap = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
/** @param {Box} outer @param {Box} inner */
const within = (outer, inner) =>
  inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
