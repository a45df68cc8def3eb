// Fitting the world onto a stage.

const FAR_IN = 1.6;
const LOW = 0.8;
const TALL = 2;

/**
 * Box around some nodes in the world: left, top, right, bottom. Null around none.
 * @param {import("./model.js").Model} model
 * @param {number[]} nodes
 * @returns {[number, number, number, number] | null}
 */
export function bounds(model, nodes) {
  if (!nodes.length) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const i of nodes) {
    left = Math.min(left, model.x[i]);
    right = Math.max(right, model.x[i]);
    top = Math.min(top, model.y[i]);
    bottom = Math.max(bottom, model.y[i]);
  }
  return [left, top, right, bottom];
}

/**
 * The transform that shows a box as large as a stage allows, with room for names at its rim. A
 * drawing may be stretched a little in one direction to use a stage of another shape: only who is
 * near whom has a meaning.
 * @param {[number, number, number, number]} box
 * @param {number} width
 * @param {number} height
 */
export function fitted(box, width, height) {
  const side = Math.min(100, width * 0.13);
  const across = Math.max(1, width - 2 * side) / Math.max(1e-6, box[2] - box[0]);
  const down = Math.max(1, height - 88) / Math.max(1e-6, box[3] - box[1]);
  const tall = Math.max(LOW, Math.min(TALL, down / across));
  const k = Math.min(across, down / tall, FAR_IN);
  return {
    k,
    tall,
    tx: width / 2 - (k * (box[0] + box[2])) / 2,
    ty: height / 2 - (k * tall * (box[1] + box[3])) / 2,
  };
}

/**
 * How large marks are on a stage of a size, against one of ordinary size.
 * @param {number} width
 * @param {number} height
 */
export function markScale(width, height) {
  return Math.max(0.62, Math.min(1, Math.sqrt((width * height) / (820 * 640))));
}
