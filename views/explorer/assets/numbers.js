// Numbers on paper for the nodes whose names found no room; a list beside the picture has the names.

import { screenX, screenY } from "./drawing.js";
import { candidates, Crowd, markBox } from "./labels.js";

/** @typedef {import("./drawing.js").Frame} Frame */
/** @typedef {import("./labels.js").Label} Label */
/** @typedef {import("./labels.js").Box} Box */

// Of more nodes, the table that follows the picture has the names.
const NUMBERED_UP_TO = 300;
const NUMBER_SIZE = 10;

/**
 * Those of the labels that hold a whole name, and a number from 1 for each other node.
 * @param {CanvasRenderingContext2D} ctx  to measure with
 * @param {Frame} frame
 * @param {number[]} nodes  most important first
 * @param {Label[]} labels
 * @returns {{labels: Label[], numbered: number[]}}
 */
export function withNumbers(ctx, frame, nodes, labels) {
  if (nodes.length > NUMBERED_UP_TO) return { labels, numbered: [] };
  const whole = labels.filter((label) => label.lines.join(" ") === String(frame.model.nodes.name?.[label.node] ?? ""));
  const named = new Set(whole.map((label) => label.node));
  const numbered = nodes.filter((i) => !named.has(i));
  const crowd = new Crowd();
  for (const i of nodes) crowd.add(markBox(frame, i));
  for (const label of whole) crowd.add(labelBox(ctx, label));
  const numbers = numbered.map((i, n) => numberOf(ctx, frame, i, String(n + 1), crowd));
  return { labels: [...whole, ...numbers], numbered };
}

/**
 * A number beside its mark; on it where there is no room beside it.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Frame} frame
 * @param {number} node
 * @param {string} number
 * @param {Crowd} crowd
 * @returns {Label}
 */
function numberOf(ctx, frame, node, number, crowd) {
  const font = `600 ${NUMBER_SIZE}px ${frame.palette.font}`;
  ctx.font = font;
  const item = { node, lines: [number], width: ctx.measureText(number).width, font, step: NUMBER_SIZE };
  const [x, y] = [screenX(frame, node), screenY(frame, node)];
  /** @type {Box} */
  let box = [x - item.width / 2, y - NUMBER_SIZE / 2, x + item.width / 2, y + NUMBER_SIZE / 2];
  for (const place of candidates(frame, item, false)) {
    if (crowd.meets(place.box, undefined)) continue;
    box = place.box;
    break;
  }
  crowd.add(box);
  return { ...item, align: "center", x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, leader: null, at: [x, y] };
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Label} label
 * @returns {Box}
 */
function labelBox(ctx, { font, lines, align, x, y, step }) {
  ctx.font = font;
  const width = Math.max(...lines.map((line) => ctx.measureText(line).width));
  const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
  return [left, y - step / 2, left + width, y + (lines.length - 0.5) * step];
}
