// The classic renderer: vis-network, as the pyvis wheel brings it, without its physics. It is for
// a few hundred nodes; what it draws is dragged, zoomed and picked as its users know it.

import { drawLabels, shownTies } from "./drawing.js";
import { bounds, fitted, markScale } from "./fit.js";
import { carried, placeLabels } from "./labels.js";
import { DASHES, OWN, SHAPES, WIDTHS } from "./style.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./renderer.js").Renderer} Renderer */

const DIMMED = 0.12;
const TEXT_SIZE = 12.5;
const SETTLED = 140;
// Neighbours lie at least twice as far apart, in units of the world: room for their sizes.
const NEAREST = 50;
const NAME_INSIDE = ["box", "ellipse", "circle", "database", "text"];
const PYVIS_BLUE = "#97c2fc";
const DARK_INK = "#1c2430";

/** @implements {Renderer} */
export class VisRenderer {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {any} */
    this.vis = /** @type {any} */ (window).vis;
    /** @type {any} */
    this.network = null;
    this.nodes = new this.vis.DataSet();
    this.edges = new this.vis.DataSet();
    /** @type {import("./renderer.js").Picture | null} */
    this.picture = null;
    /** @type {import("./renderer.js").Mark | null} */
    this.mark = null;
    this.hovered = -1;
    this.width = 0;
    // Pixels of vis-network for one unit of the world, across and down, and its zoom at fit.
    this.unit = 1;
    this.tall = 1;
    this.scale = 1;
    // Marks are smaller on a small stage.
    this.base = 1;
    /** @type {import("./labels.js").Label[] | null} */
    this.labels = null;
    this.zoomed = this.left = 0;
    this.timer = 0;
  }

  /**
   * @param {HTMLElement} host
   * @param {import("./renderer.js").Handlers} handlers
   */
  mount(host, handlers) {
    this.host = host;
    this.handlers = handlers;
    const box = document.createElement("div");
    box.className = "classic";
    host.append(box);
    this.network = new this.vis.Network(box, { nodes: this.nodes, edges: this.edges }, this.options());
    this.network.on("click", (/** @type {any} */ e) => {
      this.network.unselectAll();
      const node = this.network.getNodeAt(e.pointer.DOM) ?? -1;
      handlers.pick(node, node < 0 ? (this.network.getEdgeAt(e.pointer.DOM) ?? -1) : -1);
    });
    this.network.on("hoverNode", (/** @type {any} */ e) => this.hover(e.node, -1, e.pointer.DOM.x, e.pointer.DOM.y));
    this.network.on("hoverEdge", (/** @type {any} */ e) => this.hover(-1, e.edge, e.pointer.DOM.x, e.pointer.DOM.y));
    for (const left of ["blurNode", "blurEdge"]) this.network.on(left, () => this.hover(-1, -1, 0, 0));
    this.network.on("dragging", (/** @type {any} */ e) => this.dragged(e.nodes));
    this.network.on("dragEnd", (/** @type {any} */ e) => this.dropped(e.nodes));
    this.network.on("afterDrawing", (/** @type {CanvasRenderingContext2D} */ ctx) => {
      this.names(ctx);
      this.said();
    });
    // The stage has the focus, and the arrow keys; a second stop inside it would be a trap.
    for (const inner of box.querySelectorAll("[tabindex]")) inner.setAttribute("tabindex", "-1");
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(host);
  }

  /** @param {import("./renderer.js").Picture} picture */
  show(picture) {
    const other = !this.picture || this.model !== picture.model;
    this.picture = picture;
    this.model = picture.model;
    if (this.host && this.model.looks?.background) this.host.style.background = this.model.looks.background;
    if (other) {
      this.nodes.clear();
      this.edges.clear();
      this.fit();
    } else this.update();
  }

  /** @param {import("./renderer.js").Mark | null} mark */
  highlight(mark) {
    this.mark = mark;
    this.update();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.host ?? { clientWidth: 0, clientHeight: 0 };
    const box = bounds(this.model, this.picture?.style.order ?? []);
    if (!width || !height || !box) return;
    const looks = this.model.looks;
    const at = fitted(box, width, height);
    this.tall = looks?.placed ? 1 : at.tall;
    const k = looks?.placed ? Math.min(at.k, (at.k * at.tall) / this.tall) : at.k;
    this.unit = looks?.placed ? 1 : looks ? Math.max(k, largest(looks.sizes) / NEAREST) : k;
    this.scale = k / this.unit;
    this.update();
    const middle = { x: ((box[0] + box[2]) / 2) * this.unit, y: ((box[1] + box[3]) / 2) * this.unit * this.tall };
    this.network.moveTo({ position: middle, scale: this.scale });
  }

  /** @param {number} factor */
  zoom(factor) {
    this.network.moveTo({ scale: this.network.getScale() * factor });
  }

  /** @param {number} node */
  reveal(node) {
    const [x, y] = this.place(node);
    const { clientWidth: width, clientHeight: height } = /** @type {HTMLElement} */ (this.host);
    if (x > 40 && y > 40 && x < width - 40 && y < height - 40) return;
    this.network.moveTo({ position: this.world(node) });
  }

  /**
   * @param {number} node
   * @returns {[number, number]}
   */
  place(node) {
    const at = this.network.canvasToDOM(this.world(node));
    return [at.x, at.y];
  }

  destroy() {
    this.watcher?.disconnect();
    clearTimeout(this.timer);
    this.network?.destroy();
    this.host?.replaceChildren();
  }

  // What follows is the renderer's own business.

  /** @param {number} node */
  world(node) {
    return { x: this.model.x[node] * this.unit, y: this.model.y[node] * this.unit * this.tall };
  }

  /** What holds for the whole drawing: never physics, never a menu that adds or removes nodes. */
  options() {
    const given = this.model.looks?.options ?? {};
    return {
      ...given,
      autoResize: true,
      physics: { enabled: false },
      layout: { improvedLayout: false, ...given.layout },
      interaction: { hover: true, keyboard: { enabled: false }, ...given.interaction },
      edges: { smooth: false, chosen: false, hoverWidth: 0, ...given.edges },
      nodes: { chosen: false, ...given.nodes },
      configure: given.configure ? { ...given.configure, container: this.panel() } : { enabled: false },
    };
  }

  /** Where vis-network's editor of options goes, if a script asks for it. */
  panel() {
    const panel = document.createElement("div");
    panel.className = "configure";
    this.host?.append(panel);
    return panel;
  }

  resize() {
    const width = this.host?.clientWidth ?? 0;
    if (!this.picture || !width || width === this.width) return;
    this.width = width;
    this.base = markScale(width, this.host?.clientHeight ?? 0);
    this.fit();
  }

  /** @param {number} node @param {number} tie @param {number} x @param {number} y */
  hover(node, tie, x, y) {
    this.hovered = node;
    this.host?.classList.toggle("pointing", node >= 0 || tie >= 0);
    this.handlers?.hover(node, tie, x, y);
  }

  /** @param {number[]} nodes */
  dropped(nodes) {
    this.dragged(nodes);
    this.labels = null;
    this.network.unselectAll();
  }

  /** @param {number[]} nodes */
  dragged(nodes) {
    for (const [node, at] of Object.entries(this.network.getPositions(nodes))) {
      this.model.x[Number(node)] = at.x / this.unit;
      this.model.y[Number(node)] = at.y / (this.unit * this.tall);
    }
  }

  /**
   * Write the names where they meet no other, as the canvas does; a script's own names stay within
   * or under its shapes. While the picture moves they go along.
   * @param {CanvasRenderingContext2D} ctx
   */
  names(ctx) {
    const { picture, host, mark } = this;
    if (!picture || !host || picture.model.looks) return;
    const { clientWidth: width, clientHeight: height } = host;
    const scale = this.network.getScale();
    const { x: tx, y: ty } = this.network.canvasToDOM({ x: 0, y: 0 });
    const frame = {
      ...picture,
      k: this.unit * scale,
      tall: this.tall,
      tx,
      ty,
      grow: scale * this.base,
      box: /** @type {[number, number, number, number]} */ ([0, 0, width, height]),
      safe: /** @type {[number, number, number, number]} */ ([6, 6, width - 6, height - 6]),
      blocked: /** @type {[number, number, number, number]} */ ([width - 62, 0, width, 130]),
      batch: 0,
    };
    ctx.save();
    const ratio = ctx.canvas.width / width;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const nodes = mark?.fade ? mark.nodes.filter((i) => picture.view.node[i]) : picture.style.order;
    if (!this.labels || scale !== this.zoomed) this.labels = placeLabels(ctx, frame, nodes, picture.style.strong, shownTies(frame));
    else this.labels = carried(frame, this.labels);
    drawLabels(ctx, frame, this.labels);
    ctx.restore();
    if (this.zoomed !== scale || tx !== this.left) this.settle();
    [this.zoomed, this.left] = [scale, tx];
  }

  /** Once the picture rests: place the names anew. */
  settle() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.labels = null;
      this.network.redraw();
    }, SETTLED);
  }

  /** Say that the picture is there, as the canvas does. */
  said() {
    if (!this.host || !this.picture || !this.nodes.length) return;
    if (!this.host.dataset.labels) performance.mark("first-picture");
    const named = this.model.looks ? this.nodes.length : (this.labels?.length ?? 0);
    this.host.dataset.labels = `${named}/${this.picture.style.order.length}`;
  }

  /** Bring the data of vis-network up to date. */
  update() {
    const picture = this.picture;
    if (!picture || !this.host?.clientWidth) return;
    const lit = this.mark?.fade ? new Set(this.mark.nodes) : null;
    const litTies = new Set(this.mark?.ties ?? []);
    const nodes = picture.style.order.map((i) => this.node(picture, i, !lit || lit.has(i)));
    const edges = [];
    for (let t = 0; t < picture.model.m; t++) {
      if (picture.view.tie[t]) edges.push(this.edge(picture, t, !lit || litTies.has(t), litTies.has(t)));
    }
    replaced(this.nodes, nodes);
    replaced(this.edges, edges);
    if (!this.network) return;
    if (!nodes.length) this.host.dataset.labels = "0/0";
    this.labels = null;
    this.network.redraw();
  }

  /**
   * @param {import("./renderer.js").Picture} picture
   * @param {number} i
   * @param {boolean} lit
   */
  node(picture, i, lit) {
    const { style, palette } = picture;
    const ring = this.mark?.selected === i;
    const own = this.model.looks?.nodes[i];
    const fill = style.colours[style.colour[i]];
    const base = {
      id: i,
      label: own ? this.model.label[i] : undefined,
      ...this.world(i),
      opacity: lit ? 1 : DIMMED,
      borderWidth: ring ? 3.5 : 1.3,
      shapeProperties: { borderDashes: this.mark?.ghost === i ? [3, 3] : false },
      title: undefined,
    };
    const ink = this.model.looks?.ink || palette.ink;
    const paper = this.model.looks?.background || palette.paper;
    const font = { face: palette.font, size: TEXT_SIZE, color: lit ? ink : "rgba(0,0,0,0)", strokeWidth: lit ? 3 : 0, strokeColor: paper };
    const color = { background: fill, border: ring ? palette.accent : palette.outline };
    if (!own) {
      const shape = SHAPES[style.shape[i]];
      const size = this.base * style.radius[i] * (shape === "triangle" ? 1.1 : 1);
      return { ...base, shape: shape === "circle" ? "dot" : shape, size, color };
    }
    return { ...base, ...ownNode(own, this.model.looks?.options ?? {}, { fill, color, font, ring, lit, radius: style.radius[i], by: style.by }) };
  }

  /**
   * @param {import("./renderer.js").Picture} picture
   * @param {number} t
   * @param {boolean} lit
   * @param {boolean} marked
   */
  edge(picture, t, lit, marked) {
    const { style, palette, model } = picture;
    const own = model.looks?.ties[t] ?? {};
    const many = style.slots[t] > 1;
    const bend = style.slot[t] - (style.slots[t] - 1) / 2;
    const side = bend * (model.source[t] < model.target[t] ? 1 : -1);
    const smooth = { enabled: bend !== 0, type: side > 0 ? "curvedCW" : "curvedCCW", roundness: Math.min(0.9, 0.16 * Math.abs(bend)) };
    const colour = marked ? palette.accent : palette.tie;
    return {
      width: (marked ? 2 : 1.2) * WIDTHS[style.dash[t]],
      dashes: DASHES[style.dash[t]].length ? DASHES[style.dash[t]] : false,
      arrows: style.arrows && model.directed[t] ? { to: { enabled: true, scaleFactor: 0.5 } } : "",
      ...((marked ? this.mark?.named : picture.named && lit) ? { label: picture.tieName(t) } : { label: undefined }),
      ...own,
      id: t,
      from: model.source[t],
      to: model.target[t],
      smooth: many ? smooth : (own.smooth ?? false),
      color: marked || own.color === undefined ? { color: colour, opacity: lit ? 0.8 : DIMMED / 2, inherit: false } : faint(own.color, lit),
      font: { size: TEXT_SIZE - 1, color: lit ? model.looks?.ink || palette.muted : "rgba(0,0,0,0)", strokeColor: model.looks?.background || palette.paper, ...own.font },
    };
  }
}

/**
 * A colour given for a tie, with its share of light.
 * @param {any} colour
 * @param {boolean} lit
 */
function faint(colour, lit) {
  const given = typeof colour === "object" && colour !== null ? colour : { color: colour };
  return { opacity: 1, ...given, ...(lit ? {} : { opacity: DIMMED / 2 }) };
}

/**
 * What a script says of a node, with what the page has to add: colour by another facet, size by a
 * measure, the ring, the fading.
 * @param {Record<string, any>} own
 * @param {Record<string, any>} options
 * @param {{fill: string, color: any, font: any, ring: boolean, lit: boolean, radius: number, by: {colour: string, size: string}}} page
 */
function ownNode(own, options, page) {
  const shape = own.shape ?? options.nodes?.shape ?? "dot";
  const inside = NAME_INSIDE.includes(shape);
  const { label, title, ...rest } = own;
  const ownColour = page.by.colour === OWN;
  const plain = inside && own.color === undefined && ownColour ? PYVIS_BLUE : page.fill;
  const color = { ...page.color, background: plain };
  const font = { ...page.font, ...(inside ? { color: DARK_INK, strokeWidth: 0 } : {}), ...own.font };
  if (!page.lit) font.color = "rgba(0,0,0,0)";
  return {
    ...rest,
    shape,
    ...(page.ring ? { borderWidth: 3.5 } : own.borderWidth === undefined ? {} : { borderWidth: own.borderWidth }),
    color: ownColour && own.color !== undefined && !page.ring ? own.color : color,
    ...(page.by.size === OWN ? {} : { size: page.radius, value: undefined }),
    font,
  };
}

/** @param {Float64Array} values */
function largest(values) {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

/**
 * Put items in the place of what a data set holds.
 * @param {any} set
 * @param {{id: number}[]} items
 */
function replaced(set, items) {
  const wanted = new Set(items.map((item) => item.id));
  set.remove(set.getIds().filter((/** @type {number} */ id) => !wanted.has(id)));
  set.update(items);
}
