// Where the nodes lie: on the map that was worked out beforehand, in two columns, or on rings
// around one node. Rings are counted, not simulated: ring k holds who is k steps away.

import { breadthFirst, neighboursOf } from "./walks.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./model.js").Model} Model */

export const RINGS = "rings";
// In units of the world, where near neighbours are 200 apart.
const RING_STEP = 230;
const PLACE_GAP = 120;
const COLUMNS_WIDE = 0.8;

/**
 * What the nodes can be arranged by.
 * @param {Model} model
 */
export function arrangementsOf(model) {
  return [...Object.keys(model.places).sort((a, b) => (a === "map" ? -1 : b === "map" ? 1 : 0)), RINGS];
}

/**
 * Move the nodes to where the state wants them. Rings lie around the selected node, or around the
 * one that was selected before.
 * @param {App} app
 */
export function arrange(app) {
  const { model, view } = app;
  const { arrange: wanted, selected } = app.store.state;
  if (wanted !== RINGS || app.overview) {
    const at = model.places[app.overview ? "map" : wanted] ?? model.places.map;
    Object.assign(model, at === model.places.map ? at : twoColumns(at, view.node));
    return;
  }
  if (selected >= 0 && view.node[selected]) app.centre = selected;
  if (app.centre < 0 || !view.node[app.centre]) app.centre = app.style.order[0] ?? -1;
  if (app.centre >= 0) Object.assign(model, rings(model, view.tie, app.centre));
}

/**
 * Two columns of the same height, of the nodes that are shown.
 * @param {{x: Float64Array, y: Float64Array}} at  side and order of each node
 * @param {Uint8Array} shown
 */
function twoColumns(at, shown) {
  const sides = [0, 1].map((side) => {
    const rows = [];
    for (let i = 0; i < shown.length; i++) if (shown[i] && at.x[i] === side) rows.push(i);
    return rows.sort((a, b) => at.y[a] - at.y[b]);
  });
  const height = PLACE_GAP * Math.max(2, ...sides.map((rows) => rows.length));
  const [x, y] = [new Float64Array(shown.length), new Float64Array(shown.length)];
  sides.forEach((rows, side) =>
    rows.forEach((i, p) => {
      x[i] = (side - 0.5) * height * COLUMNS_WIDE;
      y[i] = ((p + 0.5) / rows.length - 0.5) * height;
    }),
  );
  return { x, y };
}

/**
 * Places on rings: as many steps from the centre as along shown ties, near those who lead there.
 * Who cannot be reached is on a ring outside.
 * @param {Model} model
 * @param {Uint8Array} tie
 * @param {number} centre
 */
function rings(model, tie, centre) {
  const { distance, order } = breadthFirst(model, tie, centre);
  /** @type {number[][]} */
  const ring = [];
  for (const i of order) (ring[distance[i]] ??= []).push(i);
  const beyond = [];
  for (let i = 0; i < model.n; i++) if (distance[i] < 0) beyond.push(i);
  const [x, y] = [new Float64Array(model.n), new Float64Array(model.n)];
  const angle = new Float64Array(model.n);
  let radius = 0;
  ring.slice(1).forEach((nodes, k) => {
    for (const i of nodes) angle[i] = k ? wayIn(model, tie, distance, angle, i) : bearing(model.places.map, centre, i);
    radius = circle(nodes, angle, radius, x, y);
  });
  circle(beyond, angle, radius, x, y);
  return { x, y };
}

/**
 * Spread nodes evenly on a circle, in the order of their angles.
 * @param {number[]} nodes
 * @param {Float64Array} angle
 * @param {number} inside  radius of the circle before
 * @param {Float64Array} x
 * @param {Float64Array} y
 */
function circle(nodes, angle, inside, x, y) {
  const radius = Math.max(inside + RING_STEP, (nodes.length * PLACE_GAP) / (2 * Math.PI));
  const around = [...nodes].sort((a, b) => angle[a] - angle[b] || a - b);
  around.forEach((i, p) => {
    angle[i] = angle[around[0]] + (2 * Math.PI * p) / around.length;
    x[i] = radius * Math.cos(angle[i]);
    y[i] = radius * Math.sin(angle[i]);
  });
  return radius;
}

/**
 * Where on the map a node lies, seen from the centre.
 * @param {{x: Float64Array, y: Float64Array}} map
 * @param {number} centre
 * @param {number} i
 */
function bearing(map, centre, i) {
  return Math.atan2(map.y[i] - map.y[centre], map.x[i] - map.x[centre]);
}

/**
 * The middle of the angles of those who lead to a node.
 * @param {Model} model
 * @param {Uint8Array} tie
 * @param {Int32Array} distance
 * @param {Float64Array} angle
 * @param {number} i
 */
function wayIn(model, tie, distance, angle, i) {
  let [across, down] = [0, 0];
  for (const j of neighboursOf(model, tie, i)) {
    if (distance[j] !== distance[i] - 1) continue;
    across += Math.cos(angle[j]);
    down += Math.sin(angle[j]);
  }
  return Math.atan2(down, across);
}
