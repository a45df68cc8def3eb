// How another program's script wants its nodes drawn: its colours and sizes, read once.

import { facetOf } from "./model.js";
import { COLOURS, valueColours } from "./style.js";

/** @typedef {import("./model.js").Model} Model */

const VIS_SIZE = 25;
const [VIS_SMALL, VIS_LARGE] = [10, 30];

/**
 * Work out colours and sizes where the data brings looks of its own.
 * @param {Model} model
 */
export function readLooks(model) {
  const { looks } = model;
  if (!looks) return;
  looks.colouring = ownColours(model, looks);
  looks.sizes = ownSizes(looks.nodes);
}

/**
 * The colour a script names; else that of the node's group; else the first.
 * @param {Model} model
 * @param {import("./model.js").Looks} looks
 */
function ownColours(model, looks) {
  const colours = [...COLOURS];
  const group = facetOf(model, "group");
  const ofGroup = valueColours(model, "group");
  const hex = colourReader();
  const colour = Uint16Array.from(looks.nodes, (node, i) => {
    const named = hex(typeof node.color === "object" && node.color !== null ? node.color.background : node.color);
    if (!named) return group ? ofGroup[group.codes[i]] : 0;
    if (!colours.includes(named)) colours.push(named);
    return colours.indexOf(named);
  });
  return { colour, colours };
}

/**
 * Reads any colour that a browser knows; what is none gives an empty text.
 * @returns {(colour: any) => string}  #rrggbb
 */
function colourReader() {
  const ctx = document.createElement("canvas").getContext("2d");
  return (colour) => {
    if (!ctx || typeof colour !== "string") return "";
    const read = ["#000000", "#ffffff"].map((before) => {
      ctx.fillStyle = before;
      ctx.fillStyle = colour;
      return String(ctx.fillStyle);
    });
    if (read[0] !== read[1]) return "";
    const parts = read[0].match(/[\d.]+/g) ?? [];
    if (read[0].startsWith("#")) return read[0];
    return `#${parts.slice(0, 3).map((v) => Math.round(Number(v)).toString(16).padStart(2, "0")).join("")}`;
  };
}

/** @param {Record<string, any>[]} nodes */
function ownSizes(nodes) {
  const values = nodes.map((node) => node.value).filter((v) => typeof v === "number");
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const scaled = (/** @type {number} */ v) => VIS_SMALL + ((VIS_LARGE - VIS_SMALL) * (v - low)) / (high - low || 1);
  return Float64Array.from(nodes, (node) => (typeof node.value === "number" ? scaled(node.value) : typeof node.size === "number" ? node.size : VIS_SIZE));
}
