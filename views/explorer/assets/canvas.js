// The canvas renderer. While the picture moves, the bitmap that is there is moved by CSS and a new
// one is drawn in slices behind it; small pictures are simply drawn anew in every frame.

import { drawLabels, drawMarks, drawRing, drawTies, screenR, screenX, screenY, shownTies, tieAlpha } from "./drawing.js";
import { bounds, fitted, markScale } from "./fit.js";
import { listen } from "./gestures.js";
import { carried, placeLabels } from "./labels.js";
import { drawMark } from "./lifted.js";
import { nearestTie, placeTieNames } from "./ties.js";

/** @typedef {import("./drawing.js").Frame} Frame */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {{k: number, tall: number, tx: number, ty: number}} Transform */
/** @typedef {import("./renderer.js").Renderer} Renderer */

const MARGIN = 0.25;
// A bitmap that was made for a larger stage is kept until the stage is this much smaller.
const ROOMY = 2.5;
const SETTLE = 140;
const SLICE = 10;
const QUICK = 5;
const QUICK_UP_TO = 700;
const FADED = "0.13";
const BATCH = 600;
const STAGE_WIDTH = 900;
// In units of the world; nodes may all lie in one place.
const SMALLEST_CELL = 20;

/** @implements {Renderer} */
export class CanvasRenderer {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.size = { width: 0, height: 0, ratio: 1 };
    // The bitmaps, in pixels of the stage; the corner of the stage lies at x, y on them.
    this.room = { width: 0, height: 0, x: 0, y: 0 };
    /** @type {Transform} */
    this.at = { k: 1, tall: 1, tx: 0, ty: 0 };
    /** @type {Transform} */
    this.drawn = this.at;
    /** @type {Model | null} */
    this.seen = null;
    this.fitted = 1;
    this.base = 1;
    this.stale = true;
    this.marked = true;
    this.moving = false;
    this.hovered = -1;
    this.touched = -1;
    this.request = 0;
    this.timer = 0;
    this.job = 0;
    this.cost = 0;
    this.weighed = 0;
    /** @type {import("./renderer.js").Picture | null} */
    this.picture = null;
    /** @type {import("./renderer.js").Mark | null} */
    this.mark = null;
    /** @type {import("./labels.js").Label[]} */
    this.labels = [];
    /** @type {ReturnType<typeof buildGrid> | null} */
    this.grid = null;
    this.ending = new AbortController();
  }

  /**
   * @param {HTMLElement} host
   * @param {import("./renderer.js").Handlers} handlers
   */
  mount(host, handlers) {
    this.host = host;
    this.handlers = handlers;
    const canvas = (/** @type {string} */ name) => {
      const node = document.createElement("canvas");
      node.className = `layer ${name}`;
      node.setAttribute("aria-hidden", "true");
      host.append(node);
      return node;
    };
    this.front = canvas("picture");
    this.back = canvas("picture spare");
    this.overlay = canvas("overlay");
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(host);
    listen(host, this.target(handlers), this.ending.signal);
  }

  /** @param {import("./renderer.js").Picture} picture */
  show(picture) {
    const other = !this.picture || this.model !== picture.model;
    this.picture = picture;
    this.model = picture.model;
    this.stale = this.marked = true;
    this.grid = null;
    if (other) this.anew();
    this.draw();
  }

  /** Forget what belongs to another model. */
  anew() {
    this.hovered = this.touched = -1;
    this.labels = [];
    this.weighed = 0;
    this.cost = this.model.n + this.model.m < QUICK_UP_TO ? 0 : Infinity;
    this.fit();
  }

  /** @param {import("./renderer.js").Mark | null} mark */
  highlight(mark) {
    const plain = this.plain();
    this.mark = mark;
    this.marked = true;
    if (this.plain() !== plain) this.stale = true;
    this.draw();
  }

  fit() {
    const { width, height } = this.size;
    const box = bounds(this.model, this.picture?.style.order ?? []);
    if (!width || !box) return;
    const at = fitted(box, width, height);
    this.fitted = at.k;
    this.stale = this.marked = true;
    this.moveTo(at);
  }

  /** @param {number} factor */
  zoom(factor) {
    this.zoomAt(factor, this.size.width / 2, this.size.height / 2);
  }

  /** @param {number} node */
  reveal(node) {
    const [x, y] = this.place(node);
    const { width, height } = this.size;
    const pad = Math.min(80, width / 5);
    const dx = x < pad ? pad - x : x > width - pad ? width - pad - x : 0;
    const dy = y < pad ? pad - y : y > height - pad ? height - pad - y : 0;
    if (dx || dy) this.moveTo({ ...this.at, tx: this.at.tx + dx, ty: this.at.ty + dy });
  }

  /**
   * @param {number} node
   * @returns {[number, number]}
   */
  place(node) {
    const { k, tall, tx, ty } = this.at;
    return [this.model.x[node] * k + tx, this.model.y[node] * k * tall + ty];
  }

  destroy() {
    this.ending.abort();
    this.watcher?.disconnect();
    cancelAnimationFrame(this.request);
    clearTimeout(this.timer);
    clearTimeout(this.job);
    this.host?.replaceChildren();
  }

  // What follows is the renderer's own business.

  /**
   * @param {import("./renderer.js").Handlers} handlers
   * @returns {import("./gestures.js").Target}
   */
  target(handlers) {
    return {
      nodeAt: (x, y, slop) => this.nodeAt(x, y, slop),
      pan: (dx, dy) => this.moveTo({ ...this.at, tx: this.at.tx + dx, ty: this.at.ty + dy }),
      zoomAt: (factor, x, y) => this.zoomAt(factor, x, y),
      click: (node, x, y, slop) => handlers.pick(node, node < 0 ? this.tieAt(x, y, slop) : -1),
      hover: (node, x, y, slop) => this.hover(node, node < 0 && slop ? this.tieAt(x, y, slop) : -1, x, y),
      drag: (node, x, y, done) => this.drag(node, x, y, done),
    };
  }

  /** @param {Transform} at */
  moveTo(at) {
    this.at = at;
    this.draw();
  }

  /** @param {number} factor @param {number} x @param {number} y */
  zoomAt(factor, x, y) {
    const k = Math.max(this.fitted / 6, Math.min(this.fitted * 60, this.at.k * factor));
    const real = k / this.at.k;
    this.moveTo({ ...this.at, k, tx: x - (x - this.at.tx) * real, ty: y - (y - this.at.ty) * real });
  }

  /** @param {number} node @param {number} tie @param {number} x @param {number} y */
  hover(node, tie, x, y) {
    if (node === this.hovered && tie === this.touched) return;
    [this.hovered, this.touched] = [node, tie];
    this.host?.classList.toggle("pointing", node >= 0 || tie >= 0);
    this.handlers?.hover(node, tie, x, y);
    this.marked = true;
    this.draw();
  }

  /** @param {number} node @param {number} x @param {number} y @param {boolean} done */
  drag(node, x, y, done) {
    this.model.x[node] = (x - this.at.tx) / this.at.k;
    this.model.y[node] = (y - this.at.ty) / (this.at.k * this.at.tall);
    this.marked = true;
    this.grid = null;
    if (done || this.cost < QUICK) this.stale = true;
    this.draw();
  }

  resize() {
    if (!this.host) return;
    const { clientWidth: width, clientHeight: height } = this.host;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const before = this.size;
    if (!width || !height) return;
    if (width === before.width && height === before.height && ratio === before.ratio) return;
    this.size = { width, height, ratio };
    const kept = ratio === before.ratio && this.roomFor(width, height);
    if (!kept) this.makeRoom();
    this.stale = true;
    this.base = markScale(width, height);
    const untouched = this.at.k === this.fitted;
    if (!before.width || untouched) this.fit();
    else this.at = { ...this.at, tx: this.at.tx + (width - before.width) / 2, ty: this.at.ty + (height - before.height) / 2 };
    // Bitmaps that were kept still show the picture: what opened beside the stage comes first.
    if (kept) this.draw();
    else this.now();
  }

  /**
   * Whether the bitmaps will do for a stage of some size, if need be with half the margin: a sheet
   * that opens and closes beside the stage leaves them alone.
   * @param {number} width
   * @param {number} height
   */
  roomFor(width, height) {
    const { width: wide, height: high } = this.room;
    const needed = 1 + 1.5 * MARGIN;
    const enough = wide >= width * needed && high >= height * needed;
    return enough && wide * high <= ROOMY * width * height * needed ** 2;
  }

  /** Make the bitmaps anew, as large as the stage and its margins; they are blank after that. */
  makeRoom() {
    const { width, height, ratio } = this.size;
    const [x, y] = [width * MARGIN, height * MARGIN];
    this.room = { width: width + 2 * x, height: height + 2 * y, x, y };
    this.marked = true;
    for (const canvas of [this.front, this.back, this.overlay]) {
      if (!canvas) continue;
      canvas.width = Math.round(this.room.width * ratio);
      canvas.height = Math.round(this.room.height * ratio);
      canvas.style.width = `${this.room.width}px`;
      canvas.style.height = `${this.room.height}px`;
      this.shift(canvas);
    }
  }

  draw() {
    if (!this.request) this.request = requestAnimationFrame(() => this.now());
  }

  /** Bring the screen up to date: at once where that is quick, else by moving the bitmap. */
  now() {
    cancelAnimationFrame(this.request);
    this.request = 0;
    if (!this.picture || !this.size.width) return;
    const moved = this.at.k !== this.drawn.k || this.at.tall !== this.drawn.tall || this.at.tx !== this.drawn.tx || this.at.ty !== this.drawn.ty;
    const quick = this.cost < QUICK;
    if (quick && (moved || this.stale)) this.drawWhole(this.stale);
    else if (!quick && this.stale) this.drawSliced();
    if (moved && !this.stale) this.settle();
    // Over a picture of something else, which is about to go, nothing can be marked.
    if ((this.marked || (moved && quick)) && this.seen === this.model) this.drawOverlay();
    this.stale = false;
    for (const canvas of [this.front, this.overlay]) this.shift(canvas);
  }

  /**
   * Move a bitmap to where what it shows is now.
   * @param {HTMLCanvasElement | undefined} canvas
   */
  shift(canvas) {
    if (!canvas) return;
    const s = this.at.k / this.drawn.k;
    const x = this.at.tx - s * (this.drawn.tx + this.room.x);
    const y = this.at.ty - s * (this.drawn.ty + this.room.y);
    canvas.style.transform = `translate(${x}px, ${y}px) scale(${s})`;
  }

  /** Once the picture rests: draw it anew, names placed anew. */
  settle() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.stale = this.marked = true;
      this.now();
    }, SETTLE);
  }

  /** @param {boolean} anew  whether names are placed anew, or go along with their marks */
  drawWhole(anew) {
    const { at, picture } = this;
    if (!this.front || !picture) return;
    const start = performance.now();
    [this.drawn, this.seen] = [at, picture.model];
    for (const _ of this.steps(this.front, picture, at, anew)) void _;
    if (anew) return;
    // What was only noted down so far is painted when asked for; so once, the cost is the true one.
    if (!this.weighed) this.front.getContext("2d")?.getImageData(0, 0, 1, 1);
    const cost = performance.now() - start;
    this.cost = this.weighed ? Math.max(this.weighed, cost) : cost;
    this.weighed = this.cost;
  }

  /** Draw a new bitmap in slices behind the one that is shown, then swap the two. */
  drawSliced() {
    clearTimeout(this.timer);
    clearTimeout(this.job);
    const { at, picture } = this;
    const canvas = this.back;
    if (!canvas || !picture) return;
    const steps = this.steps(canvas, picture, at, true);
    let spent = 0;
    const slice = () => {
      const start = performance.now();
      let done = false;
      while (!done && performance.now() - start < SLICE) done = Boolean(steps.next().done);
      spent += performance.now() - start;
      if (!done) {
        this.job = setTimeout(slice, 0);
        return;
      }
      this.cost = Math.max(spent, this.weighed);
      this.swap(at, picture.model);
    };
    // What was clicked answers in this frame; the drawing comes in the ones after it.
    this.job = setTimeout(slice, 0);
  }

  /**
   * Show what was drawn behind.
   * @param {Transform} at
   * @param {Model} model
   */
  swap(at, model) {
    [this.front, this.back] = [this.back, this.front];
    this.front?.classList.remove("spare");
    this.back?.classList.add("spare");
    [this.drawn, this.seen] = [at, model];
    this.drawOverlay();
    this.now();
  }

  /**
   * Draw the picture, pausing now and then.
   * @param {HTMLCanvasElement} canvas
   * @param {import("./renderer.js").Picture} picture
   * @param {Transform} at
   * @param {boolean} anew  whether names are placed anew
   * @returns {Generator<void>}
   */
  *steps(canvas, picture, at, anew) {
    const ctx = canvas.getContext("2d");
    if (!ctx) return;
    const frame = this.frame(picture, at);
    this.clear(ctx);
    ctx.globalAlpha = tieAlpha(picture.view.ties);
    const pen = { colour: picture.palette.tie, width: picture.view.ties > 3000 ? 0.7 : 1.2 };
    yield* drawTies(ctx, frame, shownTies(frame), pen);
    ctx.globalAlpha = 1;
    yield* drawMarks(ctx, frame, picture.style.order);
    if (this.plain()) this.labels = [];
    else if (anew) this.labels = placeLabels(ctx, frame, picture.style.order, picture.style.strong, shownTies(frame));
    else this.labels = carried(frame, this.labels);
    drawLabels(ctx, frame, this.labels);
    if (picture.named && !this.plain()) drawLabels(ctx, frame, placeTieNames(ctx, frame, shownTies(frame), picture.tieName, picture.style.order, this.labels));
    if (!this.host) return;
    if (!this.host.dataset.labels) performance.mark("first-picture");
    this.host.dataset.labels = `${this.labels.length}/${picture.style.order.length}`;
  }

  /** Whether names are left out of the picture, since what is lifted out of it bears its own. */
  plain() {
    return Boolean(this.mark?.fade) && this.cost < QUICK;
  }

  /** @param {CanvasRenderingContext2D} ctx */
  clear(ctx) {
    const { ratio } = this.size;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    ctx.setTransform(ratio, 0, 0, ratio, this.room.x * ratio, this.room.y * ratio);
  }

  /**
   * @param {import("./renderer.js").Picture} picture
   * @param {Transform} at
   * @returns {Frame}
   */
  frame(picture, at) {
    const { width, height } = this.size;
    const { x, y } = this.room;
    // Discs lie apart on a stage of ordinary width; on a narrower one they shrink with their distances.
    const base = picture.style.pies ? Math.min(this.base, width / STAGE_WIDTH) : this.base;
    return {
      ...picture,
      ...at,
      grow: base * Math.max(0.6, Math.min(this.largest(), Math.sqrt(at.k / this.fitted))),
      box: [-x, -y, this.room.width - x, this.room.height - y],
      safe: [6, 6, width - 6, height - 6],
      blocked: [width - 62, 0, width, 130],
      batch: BATCH,
    };
  }

  /** How much marks may grow when the reader comes nearer: until the largest is a thumb wide. */
  largest() {
    const order = this.picture?.style.order ?? [];
    const most = order.length ? (this.picture?.style.radius[order[0]] ?? 1) : 1;
    return Math.max(1.4, Math.min(8, 44 / most));
  }

  /** Draw what is lifted out, selected or pointed at. */
  drawOverlay() {
    this.marked = false;
    const ctx = this.overlay?.getContext("2d");
    if (!ctx || !this.picture || !this.front || !this.back) return;
    this.clear(ctx);
    const frame = this.frame(this.picture, this.drawn);
    const fade = this.mark?.fade ? FADED : "1";
    this.front.style.opacity = this.back.style.opacity = fade;
    if (this.mark) drawMark(ctx, frame, this.mark);
    if (this.hovered >= 0) this.drawHovered(ctx, frame);
    else if (this.touched >= 0) for (const _ of drawTies(ctx, frame, [this.touched], { colour: frame.palette.accent, width: 3 })) void _;
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Frame} frame
   */
  drawHovered(ctx, frame) {
    const i = this.hovered;
    for (const _ of drawMarks(ctx, frame, [i])) void _;
    drawRing(ctx, frame, i, { width: 2, dash: [] });
    const labelled = !this.mark?.fade && this.labels.some((label) => label.node === i);
    if (!labelled && !this.mark?.nodes.includes(i)) drawLabels(ctx, frame, placeLabels(ctx, frame, [i], 1, []));
  }

  /**
   * The tie at a place on the stage, or -1.
   * @param {number} x
   * @param {number} y
   * @param {number} slop
   */
  tieAt(x, y, slop) {
    if (!this.picture || this.seen !== this.model) return -1;
    return nearestTie(this.frame(this.picture, this.at), this.mark?.fade ? this.mark.ties : null, x, y, slop);
  }

  /**
   * The mark at a place on the stage, or -1.
   * @param {number} x
   * @param {number} y
   * @param {number} slop
   */
  nodeAt(x, y, slop) {
    if (!this.picture) return -1;
    const frame = this.frame(this.picture, this.at);
    this.grid ??= buildGrid(this.model, this.picture.style.order);
    let found = -1;
    let nearest = Infinity;
    const reach = 26 * frame.grow + slop;
    for (const i of nearby(this.grid, (x - frame.tx) / frame.k, (y - frame.ty) / (frame.k * frame.tall), reach / (frame.k * Math.min(1, frame.tall)))) {
      const gap = Math.hypot(screenX(frame, i) - x, screenY(frame, i) - y) - screenR(frame, i);
      if (gap <= slop && gap < nearest) [found, nearest] = [i, gap];
    }
    return found;
  }
}

/**
 * Nodes by cell of a grid over the world.
 * @param {Model} model
 * @param {number[]} nodes
 */
function buildGrid(model, nodes) {
  const [left, top, right, bottom] = bounds(model, nodes) ?? [0, 0, 1, 1];
  const cell = Math.max(SMALLEST_CELL, Math.max(right - left, bottom - top) / Math.sqrt(nodes.length));
  /** @type {Map<number, number[]>} */
  const cells = new Map();
  const key = (/** @type {number} */ x, /** @type {number} */ y) => Math.floor((x - left) / cell) * 1e6 + Math.floor((y - top) / cell);
  for (const i of nodes) {
    const at = key(model.x[i], model.y[i]);
    const list = cells.get(at);
    if (list) list.push(i);
    else cells.set(at, [i]);
  }
  return { cells, cell, left, top };
}

/**
 * Nodes in the cells around a place in the world.
 * @param {ReturnType<typeof buildGrid>} grid
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 */
function* nearby(grid, x, y, reach) {
  const column = (/** @type {number} */ v) => Math.floor((v - grid.left) / grid.cell);
  const row = (/** @type {number} */ v) => Math.floor((v - grid.top) / grid.cell);
  for (let cx = column(x - reach); cx <= column(x + reach); cx++) {
    for (let cy = row(y - reach); cy <= row(y + reach); cy++) yield* grid.cells.get(cx * 1e6 + cy) ?? [];
  }
}
