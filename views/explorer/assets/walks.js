// Walking the ties that are shown: surroundings, shortest paths, pieces.

import { otherEnd } from "./model.js";

/** @typedef {import("./model.js").Model} Model */

/**
 * Steps from one node to the others along shown ties, whichever way they point.
 * @param {Model} model
 * @param {Uint8Array} tie  1 where shown
 * @param {number} start
 * @param {number} [limit]  how many steps at most
 * @returns {{distance: Int32Array, order: number[]}}  -1 where out of reach
 */
export function breadthFirst(model, tie, start, limit = Infinity) {
  const distance = new Int32Array(model.n).fill(-1);
  distance[start] = 0;
  const order = [start];
  for (let head = 0; head < order.length; head++) {
    const i = order[head];
    if (distance[i] >= limit) break;
    for (let p = model.first[i]; p < model.first[i + 1]; p++) {
      const t = model.incident[p];
      if (!tie[t]) continue;
      const j = otherEnd(model, t, i);
      if (distance[j] >= 0) continue;
      distance[j] = distance[i] + 1;
      order.push(j);
    }
  }
  return { distance, order };
}

/**
 * A shortest path along shown ties, and how many equally short ones there are.
 * Among equals the one through the best-tied nodes is taken, then the first by row.
 * @param {Model} model
 * @param {Uint8Array} tie
 * @param {Int32Array} weight  shown ties of each node
 * @param {number} from
 * @param {number} to
 * @returns {{nodes: number[], count: number} | null}
 */
export function shortestPath(model, tie, weight, from, to) {
  const { distance, order } = breadthFirst(model, tie, to);
  if (distance[from] < 0) return null;
  const ways = new Float64Array(model.n);
  ways[to] = 1;
  for (const i of order) {
    if (i === to) continue;
    for (const j of neighboursOf(model, tie, i)) if (distance[j] === distance[i] - 1) ways[i] += ways[j];
  }
  const nodes = [from];
  while (nodes[nodes.length - 1] !== to) {
    const here = nodes[nodes.length - 1];
    const closer = neighboursOf(model, tie, here).filter((j) => distance[j] === distance[here] - 1);
    closer.sort((a, b) => weight[b] - weight[a] || a - b);
    nodes.push(closer[0]);
  }
  return { nodes, count: ways[from] };
}

/**
 * Distinct neighbours along shown ties, in order of row.
 * @param {Model} model
 * @param {Uint8Array} tie
 * @param {number} node
 * @returns {number[]}
 */
export function neighboursOf(model, tie, node) {
  const found = new Set();
  for (let p = model.first[node]; p < model.first[node + 1]; p++) {
    const t = model.incident[p];
    if (tie[t]) found.add(otherEnd(model, t, node));
  }
  found.delete(node);
  return [...found].sort((a, b) => a - b);
}

/**
 * Shown ties of a node.
 * @param {Model} model
 * @param {Uint8Array} tie
 * @param {number} node
 * @returns {number[]}
 */
export function tiesOfNode(model, tie, node) {
  const own = model.incident.subarray(model.first[node], model.first[node + 1]);
  return Array.from(own).filter((t) => tie[t]);
}

/**
 * Pieces of what is shown, largest first: nodes that can reach each other.
 * @param {Model} model
 * @param {Uint8Array} node
 * @param {Uint8Array} tie
 * @returns {number[][]}
 */
export function pieces(model, node, tie) {
  const seen = new Uint8Array(model.n);
  const found = [];
  for (let i = 0; i < model.n; i++) {
    if (!node[i] || seen[i]) continue;
    const piece = [i];
    seen[i] = 1;
    for (let head = 0; head < piece.length; head++) {
      for (const j of neighboursOf(model, tie, piece[head])) {
        if (seen[j]) continue;
        seen[j] = 1;
        piece.push(j);
      }
    }
    found.push(piece);
  }
  return found.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

/**
 * What happens when a node leaves: the pieces before and after among what is shown otherwise.
 * @param {Model} model
 * @param {Uint8Array} node  shown nodes, the leaver among them
 * @param {Uint8Array} tie  shown ties, the leaver's among them
 * @param {number} leaver
 */
export function departure(model, node, tie, leaver) {
  const rest = node.slice();
  rest[leaver] = 0;
  const left = Uint8Array.from(tie, (shown, t) =>
    shown && model.source[t] !== leaver && model.target[t] !== leaver ? 1 : 0,
  );
  const before = pieces(model, node, tie);
  const after = pieces(model, rest, left);
  const alone = neighboursOf(model, tie, leaver).filter((i) => !neighboursOf(model, left, i).length);
  return { before: before.length, after, alone, lost: tiesOfNode(model, tie, leaver).length };
}
