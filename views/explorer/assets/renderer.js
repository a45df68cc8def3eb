// The seam between the page and what draws the graph. The page knows these eight methods and
// nothing of canvases, so another renderer can take the place of CanvasRenderer.

/**
 * @typedef {object} Picture  what to draw
 * @property {import("./model.js").Model} model
 * @property {import("./filters.js").View} view
 * @property {import("./style.js").Style} style
 * @property {import("./style.js").Palette} palette
 * @property {boolean} named  whether ties bear their names
 * @property {(tie: number) => string} tieName
 */
/**
 * @typedef {object} Mark  what to lift out of the picture; the rest fades
 * @property {number[]} nodes  most important first
 * @property {number[]} ties
 * @property {number} selected  node with a ring, or -1
 * @property {number} ghost  node that is thought away, or -1
 * @property {boolean} fade  whether the rest fades
 * @property {number} tie  tie that is chosen among them, or -1
 * @property {boolean} named  whether those ties bear their names
 */
/**
 * @typedef {object} Handlers
 * @property {(node: number, tie: number) => void} pick  a node or a tie was chosen, -1 for none
 * @property {(node: number, tie: number, x: number, y: number) => void} hover
 */
/**
 * @typedef {object} Renderer
 * @property {(host: HTMLElement, handlers: Handlers) => void} mount
 * @property {(picture: Picture) => void} show
 * @property {(mark: Mark | null) => void} highlight
 * @property {() => void} fit  bring all that is shown into view
 * @property {(factor: number) => void} zoom
 * @property {(node: number) => void} reveal  bring a node into view
 * @property {(node: number) => [number, number]} place  where a node is on the stage
 * @property {() => void} destroy
 */

export {};
