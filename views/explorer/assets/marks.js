// Marks outside the stage: in the legend, the lists and the sheet, drawn as small SVGs.

import { glyph } from "./dom.js";
import { facetOf } from "./model.js";
import { SHAPES, valueColours, WITH_PALE } from "./style.js";

/** @type {Record<string, string>} */
const OUTLINES = {
  circle: "M7 1.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z",
  hexagon: "M13.4 7l-3.2 5.5H3.8L.6 7l3.2-5.5h6.4z",
  square: "M1.8 1.8h10.4v10.4H1.8z",
  triangle: "M7 .6l6.6 11.6H.4z",
  diamond: "M7 .2L13.8 7 7 13.8.2 7z",
};

/**
 * @param {number} shape
 * @param {number} colour
 */
export function markGlyph(shape, colour) {
  return glyph(OUTLINES[SHAPES[shape]], { fill: WITH_PALE[colour], className: "mark", box: "0 0 14 14" });
}

/**
 * The mark of a node as its kind has it.
 * @param {import("./model.js").Model} model
 * @param {number} node
 */
export function kindMark(model, node) {
  const kind = facetOf(model, "kind");
  const code = kind ? kind.codes[node] : 0;
  return markGlyph(code % SHAPES.length, valueColours(model, "kind")[code] ?? 0);
}
