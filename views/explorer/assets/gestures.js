// Mouse, pen and touch on the stage: drag to move, wheel or pinch to zoom, drag a node to pin it.

/**
 * @typedef {object} Target
 * @property {(x: number, y: number, slop: number) => number} nodeAt
 * @property {(dx: number, dy: number) => void} pan
 * @property {(factor: number, x: number, y: number) => void} zoomAt
 * @property {(node: number, x: number, y: number, done: boolean) => void} drag
 * @property {(node: number, x: number, y: number, slop: number) => void} click
 * @property {(node: number, x: number, y: number, slop: number) => void} hover
 */

const SLACK = 5;
const MOUSE_SLOP = 4;
const TOUCH_SLOP = 14;

/**
 * Listen on an element until the signal aborts.
 * @param {HTMLElement} host
 * @param {Target} target
 * @param {AbortSignal} signal
 */
export function listen(host, target, signal) {
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();
  /** @type {{node: number, x: number, y: number, moved: boolean} | null} */
  let grip = null;
  const at = (/** @type {MouseEvent} */ e) => {
    const box = host.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const slop = (/** @type {PointerEvent} */ e) => (e.pointerType === "touch" ? TOUCH_SLOP : MOUSE_SLOP);

  const down = (/** @type {PointerEvent} */ e) => {
    if (e.button !== 0) return;
    const p = at(e);
    pointers.set(e.pointerId, p);
    host.setPointerCapture(e.pointerId);
    grip = pointers.size === 1 ? { node: target.nodeAt(p.x, p.y, slop(e)), ...p, moved: false } : null;
  };
  const move = (/** @type {PointerEvent} */ e) => {
    const p = at(e);
    const last = pointers.get(e.pointerId);
    if (!last) return target.hover(target.nodeAt(p.x, p.y, slop(e)), p.x, p.y, slop(e));
    if (pointers.size === 2) pinch(pointers, e.pointerId, p, target);
    else if (grip) {
      if (!grip.moved && Math.hypot(p.x - grip.x, p.y - grip.y) < SLACK) return;
      grip.moved = true;
      if (grip.node >= 0) target.drag(grip.node, p.x, p.y, false);
      else target.pan(p.x - last.x, p.y - last.y);
    }
    pointers.set(e.pointerId, p);
  };
  const up = (/** @type {PointerEvent} */ e) => {
    if (!pointers.delete(e.pointerId) || !grip) return;
    const p = at(e);
    if (!grip.moved && e.type === "pointerup") target.click(grip.node, p.x, p.y, slop(e));
    else if (grip.moved && grip.node >= 0) target.drag(grip.node, p.x, p.y, true);
    grip = null;
  };
  const wheel = (/** @type {WheelEvent} */ e) => {
    e.preventDefault();
    const p = at(e);
    const lines = e.deltaMode === 1 ? 16 : 1;
    target.zoomAt(Math.exp((-e.deltaY * lines) / (e.ctrlKey ? 120 : 480)), p.x, p.y);
  };
  host.addEventListener("pointerdown", down, { signal });
  host.addEventListener("pointermove", move, { signal });
  host.addEventListener("pointerup", up, { signal });
  host.addEventListener("pointercancel", up, { signal });
  host.addEventListener("pointerleave", () => target.hover(-1, -1, -1, 0), { signal });
  host.addEventListener("wheel", wheel, { passive: false, signal });
}

/**
 * Two fingers: zoom around their middle by how far they moved apart, and follow it.
 * @param {Map<number, {x: number, y: number}>} pointers
 * @param {number} id  the finger that moved
 * @param {{x: number, y: number}} now
 * @param {Target} target
 */
function pinch(pointers, id, now, target) {
  const before = /** @type {{x: number, y: number}} */ (pointers.get(id));
  for (const [other, p] of pointers) {
    if (other === id) continue;
    const was = Math.hypot(before.x - p.x, before.y - p.y) || 1;
    const is = Math.hypot(now.x - p.x, now.y - p.y) || 1;
    target.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    target.zoomAt(is / was, (now.x + p.x) / 2, (now.y + p.y) / 2);
  }
}
