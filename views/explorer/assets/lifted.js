// What is lifted out of the picture, drawn above the faded rest: on the stage and in saved pictures.

import { drawLabels, drawMarks, drawRing, drawTies } from "./drawing.js";
import { placeLabels } from "./labels.js";
import { placeTieNames } from "./ties.js";

/**
 * Draw what a mark lifts out of the picture.
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./drawing.js").Frame} frame
 * @param {import("./renderer.js").Mark} mark
 * @param {import("./labels.js").Label[]} [given]  names that have their places
 */
export function drawMark(ctx, frame, mark, given) {
  const pen = { colour: frame.palette.accent, width: mark.ties.length > 400 ? 0.8 : 1.6 };
  ctx.globalAlpha = mark.ties.length > 400 ? 0.35 : 0.85;
  for (const _ of drawTies(ctx, frame, mark.ties, pen)) void _;
  if (mark.tie >= 0) for (const _ of drawTies(ctx, frame, [mark.tie], { ...pen, width: 3 })) void _;
  ctx.globalAlpha = 1;
  for (const _ of drawMarks(ctx, frame, mark.nodes)) void _;
  if (mark.ghost >= 0) drawRing(ctx, frame, mark.ghost, { width: 1.5, dash: [3, 3] });
  if (mark.selected >= 0) drawRing(ctx, frame, mark.selected, { width: 2.5, dash: [] });
  const labels = given ?? placeLabels(ctx, frame, mark.nodes, 1, mark.ties);
  drawLabels(ctx, frame, labels);
  if (mark.named) drawLabels(ctx, frame, placeTieNames(ctx, frame, mark.ties, frame.tieName, mark.nodes, labels));
}
