// Making and finding elements. Text only ever becomes a text node or an attribute, so nothing
// that comes from the data can turn into markup.

/** @typedef {Node | string | null | false | undefined} Child */

const SVG_SPACE = "http://www.w3.org/2000/svg";

/**
 * Make an element of an SVG.
 * @param {string} tag
 * @param {Record<string, string | number>} props
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svgEl(tag, props, ...children) {
  const node = document.createElementNS(SVG_SPACE, tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * Make an element. `on` holds listeners, every other property is an attribute; null and false
 * leave it out.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  fill(node, children);
  return node;
}

/**
 * Put children into an element in place of what was there.
 * @param {Element} node
 * @param {Child[]} children
 */
export function fill(node, children) {
  node.replaceChildren(...children.filter((c) => c !== null && c !== false && c !== undefined));
}

/**
 * A piece of data, kept apart from the direction of the text around it.
 * @param {string} text
 * @param {Record<string, any>} [props]
 */
export function isolated(text, props = {}) {
  return el("bdi", props, text);
}

/**
 * The element with an id that page.html is known to have.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}

/**
 * A drawing made of path data, hidden from assistive technology.
 * @param {string} data
 * @param {{fill?: string, className?: string, box?: string}} [options]
 */
export function glyph(data, options = {}) {
  const path = svgEl("path", options.fill ? { d: data, fill: options.fill } : { d: data });
  const box = options.box ?? "0 0 20 20";
  return svgEl("svg", { viewBox: box, class: options.className ?? "icon", "aria-hidden": "true" }, path);
}

export const ICONS = {
  close: "M5 5l10 10M15 5L5 15",
  right: "M4 10h12M11 5l5 5-5 5",
  left: "M16 10H4M9 5l-5 5 5 5",
  down: "M10 4v12M5 11l5 5 5-5",
  tie: "M5 15L15 5M3.2 15a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M13.2 5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0",
  tall: "M5 12l5-5 5 5",
  both: "M3 10h14M6.5 6.5L3 10l3.5 3.5M13.5 6.5L17 10l-3.5 3.5",
};

/**
 * A link out of the page, or plain text where the address is not http or https.
 * The host is shown, so that a reader sees where it leads.
 * @param {string} address
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function outsideLink(address, text) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    // Not an address at all: shown as it is.
  }
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return isolated(text ?? address);
  }
  const host = url.hostname.replace(/^www\./, "");
  return el(
    "a",
    { href: url.href, rel: "noopener noreferrer", target: "_blank", class: "outside" },
    text ? isolated(text) : null,
    el("span", { class: "host" }, text ? ` (${host})` : host),
  );
}

/**
 * Run a function once the caller has stopped calling for a while.
 * @param {() => void} run
 * @param {number} wait  milliseconds
 */
export function settled(run, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
}
