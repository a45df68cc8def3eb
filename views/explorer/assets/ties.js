// A tie as something one can point at and name: how far it is from a place on the stage, what it
// says of its two ends, and where its name goes.

import { periodText } from "./app.js";
import { crosses, tieCurve } from "./drawing.js";
import { Crowd, markBox } from "./labels.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./drawing.js").Frame} Frame */
/** @typedef {import("./labels.js").Label} Label */

const PARTS = 12;
// How far a parallel tie may bend away from the straight line between its ends, in pixels.
const FURTHEST_BEND = 80;
const NAMED_UP_TO = 80;
const NAME_SIZE = 11;
const MARKS_KEPT_FREE = 300;
// Of more ties on the stage none can be meant, but for those that are lifted out.
const TOUCHED_UP_TO = 3000;

/**
 * The tie nearest to a place on the stage, or -1 where none is as near as the slop.
 * @param {Frame} frame
 * @param {number[] | null} among  those lifted out of the picture, null for all that are shown
 * @param {number} x
 * @param {number} y
 * @param {number} slop
 */
export function nearestTie(frame, among, x, y, slop) {
  const { model, view } = frame;
  if (!among && view.ties > TOUCHED_UP_TO) return -1;
  let [found, nearest] = [-1, slop];
  const ask = (/** @type {number} */ t) => {
    const gap = tieGap(frame, t, x, y, nearest);
    if (gap < nearest) [found, nearest] = [t, gap];
  };
  if (among) among.forEach(ask);
  else for (let t = 0; t < model.m; t++) if (view.tie[t]) ask(t);
  return found;
}

/**
 * How far a place is from a tie, Infinity where it is certainly further than `most`.
 * @param {Frame} frame
 * @param {number} t
 * @param {number} x
 * @param {number} y
 * @param {number} most
 */
function tieGap(frame, t, x, y, most) {
  const [x1, y1, cx, cy, x2, y2] = tieCurve(frame, t);
  const reach = most + (frame.style.slots[t] > 1 ? FURTHEST_BEND : 0);
  if (x < Math.min(x1, x2) - reach || x > Math.max(x1, x2) + reach) return Infinity;
  if (y < Math.min(y1, y2) - reach || y > Math.max(y1, y2) + reach) return Infinity;
  let least = Infinity;
  let [px, py] = [x1, y1];
  for (let part = 1; part <= PARTS; part++) {
    const [qx, qy] = along([x1, y1, cx, cy, x2, y2], part / PARTS);
    const [dx, dy] = [qx - px, qy - py];
    const share = Math.max(0, Math.min(1, ((x - px) * dx + (y - py) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(px + share * dx - x, py + share * dy - y));
    [px, py] = [qx, qy];
  }
  return least;
}

/**
 * A place on a tie's curve, from 0 at its source to 1 at its target.
 * @param {ArrayLike<number>} c
 * @param {number} u
 * @returns {[number, number]}
 */
function along(c, u) {
  const v = 1 - u;
  const at = (/** @type {number} */ axis) => v * v * c[axis] + 2 * v * u * c[axis + 2] + u * u * c[axis + 4];
  return [at(0), at(1)];
}

/**
 * Names beside the middle of ties, where they lie over no mark and no other name.
 * @param {CanvasRenderingContext2D} ctx  to measure with
 * @param {Frame} frame
 * @param {Iterable<number>} ties  most important first
 * @param {(t: number) => string} name
 * @param {number[]} nodes  marks to keep free, most important first
 * @param {Label[]} labels  names that are there already
 * @returns {Label[]}
 */
export function placeTieNames(ctx, frame, ties, name, nodes, labels) {
  const crowd = new Crowd();
  for (const i of nodes.slice(0, MARKS_KEPT_FREE)) crowd.add(markBox(frame, i));
  for (const label of labels) crowd.add(label.box);
  const font = (ctx.font = `400 ${NAME_SIZE}px ${frame.palette.font}`);
  /** @type {Label[]} */
  const placed = [];
  for (const t of ties) {
    if (placed.length >= NAMED_UP_TO) break;
    if (!crosses(frame, t)) continue;
    const line = name(t);
    const half = ctx.measureText(line).width / 2 + 2;
    const curve = Float64Array.from(tieCurve(frame, t));
    for (const u of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74]) {
      const [x, y] = along(curve, u);
      const box = /** @type {[number, number, number, number]} */ ([x - half, y - 7, x + half, y + 7]);
      if (crowd.meets(box, undefined)) continue;
      crowd.add(box);
      placed.push({ node: -1, lines: [line], font, align: "center", x, y, step: NAME_SIZE, leader: null, at: [x, y], box });
      break;
    }
  }
  return placed;
}

/**
 * What a tie is called in the picture: its kind, with its role.
 * @param {App} app
 * @param {number} t
 */
export function tieName({ model, words }, t) {
  const kind = words.label("tie_kind", String(model.ties.kind[t]));
  const role = model.ties.role?.[t];
  return role ? `${kind} (${words.label("role", String(role))})` : kind;
}

/**
 * A tie in one line: its ends, what it is, when, how sure, with how many receipts.
 * @param {App} app
 * @param {number} t
 */
export function tieSentence(app, t) {
  const { model, words } = app;
  const ends = `${model.label[model.source[t]]} — ${tieName(app, t)} ${model.directed[t] ? "→" : "—"} ${model.label[model.target[t]]}`;
  return [ends, ...tieFacts(app, t)].join(" · ");
}

/**
 * When a tie holds, how sure it is, and how many receipts it has.
 * @param {App} app
 * @param {number} t
 */
export function tieFacts(app, t) {
  const { model, words } = app;
  const status = model.ties.status?.[t];
  const receipts = model.receiptsOf.get(model.n + t)?.length ?? 0;
  return [periodText(app, model.ties.start?.[t], model.ties.end?.[t]), status ? words.label("status", String(status)) : "", model.looks ? "" : words.count("receipts", receipts)].filter(Boolean);
}

/**
 * Shown ties between the same two nodes as a tie, that tie among them.
 * @param {App} app
 * @param {number} t
 */
export function parallelTo({ model, view }, t) {
  const own = model.incident.subarray(model.first[model.source[t]], model.first[model.source[t] + 1]);
  return Array.from(own).filter((other) => model.pair[other] === model.pair[t] && (view.tie[other] || other === t));
}
