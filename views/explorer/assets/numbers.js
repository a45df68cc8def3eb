// Numbers on paper for the nodes whose names found no room; a list beside the picture has the names.

import { screenX, screenY } from "./drawing.js";
import { Crowd, markBox, placeOne } from "./labels.js";
import { drawable } from "./model.js";

/** @typedef {import("./labels.js").Label} Label */

// Of more nodes, the table that follows the picture has the names.
const NUMBERED_UP_TO = 300;

/**
 * Those of the labels that hold a whole name, and a number from 1 for each other node: beside its
 * mark, or on it where there is no room.
 * @param {CanvasRenderingContext2D} ctx  to measure with
 * @param {import("./drawing.js").Frame} frame
 * @param {number[]} nodes  most important first
 * @param {Label[]} labels
 * @returns {{labels: Label[], numbered: number[]}}
 */
export function withNumbers(ctx, frame, nodes, labels) {
  if (nodes.length > NUMBERED_UP_TO) return { labels, numbered: [] };
  const nameOf = (/** @type {number} */ i) => drawable(String((frame.model.nodes?.name ?? frame.model.label)[i] ?? ""), Infinity);
  const whole = labels.filter((label) => label.lines.join(" ") === nameOf(label.node));
  const crowd = new Crowd();
  for (const i of nodes) crowd.add(markBox(frame, i));
  for (const label of whole) crowd.add(label.box);
  const numbered = nodes.filter((i) => !whole.some((label) => label.node === i));
  const font = (ctx.font = `600 10px ${frame.palette.font}`);
  /** @type {(node: number, n: number) => Label} */
  const number = (node, n) => {
    const lines = [String(n + 1)];
    const item = { node, lines, width: ctx.measureText(lines[0]).width, font, step: 10 };
    const [x, y] = [screenX(frame, node), screenY(frame, node)];
    return placeOne(frame, item, crowd, undefined, [], false)?.label ?? { ...item, align: "center", x, y, leader: null, at: [x, y], box: [x, y, x, y] };
  };
  return { labels: [...whole, ...numbered.map(number)], numbered };
}
