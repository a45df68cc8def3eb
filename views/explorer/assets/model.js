// The data of the page: columns read from the payload, and who is tied to whom.

/** @typedef {Array<any> | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Float64Array} Column */
/** @typedef {{key: string, of: "node" | "tie", values: string[], codes: Int32Array}} Facet */
/**
 * @typedef {object} Measure
 * @property {string} key
 * @property {Float64Array} values  NaN where not defined
 * @property {Int32Array} rank  0 where not defined
 * @property {number} ranked  how many have a value
 * @property {Column | null} low  best rank that the data cannot exclude
 * @property {Column | null} high  worst such rank
 */
/** @typedef {{count: number, columns: Record<string, any>}} RawTable */
/**
 * @typedef {object} Model
 * @property {Record<string, string>} about
 * @property {number} n  nodes
 * @property {number} m  ties
 * @property {Record<string, Column>} nodes  columns by name
 * @property {Record<string, Column>} ties
 * @property {Record<string, Column>} aliases
 * @property {Record<string, Column>} sources
 * @property {Record<string, Column>} evidence
 * @property {string[]} label  name of each node, fit to be drawn on one line
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Int32Array} source
 * @property {Int32Array} target
 * @property {Int32Array} first  ties of node i are incident[first[i]] … incident[first[i + 1] - 1]
 * @property {Int32Array} incident
 * @property {Int32Array} pair  number of the pair of nodes that a tie links
 * @property {Uint8Array} directed  by tie
 * @property {Facet[]} facets
 * @property {Measure[]} measures
 * @property {Span} nodeSpan  years in which a node exists
 * @property {Span} tieSpan
 * @property {Int32Array[]} aliasesOf  rows of `aliases` by node
 * @property {Map<number, number[]>} receiptsOf  rows of `evidence` by fact: node i, or n + tie
 * @property {Record<string, string[]>} hidden  values that start out hidden, by facet
 * @property {{verdict: string, stability: (number | null)[] | null, each: Record<string, number>, second: Record<string, string>, shared?: Record<string, [string, string, string]>}} clusters
 *   whether there are any, how sure each node's and each cluster is, the other cluster of nodes between two,
 *   and what a cluster's members share: attribute, value and its name
 * @property {{measures: string[], of: Record<string, (number | null)[][]>}} pairs  what is measured of two nodes, "i-j"
 * @property {Map<string, number>} indexOf  node by id
 * @property {Record<string, {x: Float64Array, y: Float64Array}>} places  arrangements worked out beforehand
 * @property {Looks | null} looks  how another program's script wants it drawn
 * @property {Ended} ended  what has ended by the day of the data
 * @property {Record<string, string>} start  choices the page opens with
 */
/** @typedef {{day: string, node: Uint8Array, tie: Uint8Array, any: boolean}} Ended */
/** @typedef {{from: Int32Array, to: Int32Array, dated: Uint8Array}} Span */

const BLOCK_TYPES = {
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  u1: Uint8Array,
  u2: Uint16Array,
  f8: Float64Array,
};
/**
 * @typedef {object} Looks
 * @property {Record<string, any>[]} nodes  options of vis-network
 * @property {Record<string, any>[]} ties
 * @property {Record<string, any>} options
 * @property {boolean} placed  whether the positions are the script's own
 * @property {string} background
 * @property {string} ink  of names on that background
 * @property {Float64Array} sizes
 * @property {{colour: Uint16Array, colours: string[]}} colouring
 */

const EARLIEST = -1e6;
const LATEST = 1e6;

/**
 * Read the payload, which is deflated where it is large.
 * @param {string} text  content of the data element
 * @returns {Promise<Model>}
 */
export async function readModel(text) {
  const outer = JSON.parse(text);
  if (!outer.deflate) return buildModel(outer, new ArrayBuffer(0));
  const letters = atob(outer.deflate);
  const packed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const size = new DataView(buffer).getUint32(0, true);
  const head = new TextDecoder().decode(new Uint8Array(buffer, 4, size));
  return buildModel(JSON.parse(head), buffer.slice(4 + size));
}

/**
 * A column as the payload holds it → one entry a row, null where there is none.
 * @param {any} spec
 * @param {number} count
 * @param {ArrayBuffer} blocks
 * @returns {Column}
 */
function decode(spec, count, blocks) {
  if (Array.isArray(spec)) return spec;
  if (spec.block) {
    const [offset, length, type] = spec.block;
    const Type = BLOCK_TYPES[/** @type {keyof typeof BLOCK_TYPES} */ (type)];
    return new Type(blocks.slice(offset, offset + length * Type.BYTES_PER_ELEMENT));
  }
  if ("same" in spec) return new Array(count).fill(spec.same);
  const column = new Array(count).fill(null);
  if (spec.dict) {
    const codes = decode(spec.codes, count, blocks);
    for (let i = 0; i < count; i++) if (codes[i] >= 0) column[i] = spec.dict[codes[i]];
  } else {
    const rows = decode(spec.rows, 0, blocks);
    const values = decode(spec.values, 0, blocks);
    for (let i = 0; i < rows.length; i++) column[rows[i]] = values[i];
  }
  return column;
}

/**
 * @param {RawTable} table
 * @param {ArrayBuffer} blocks
 * @returns {Record<string, Column>}
 */
function decodeTable(table, blocks) {
  const entries = Object.entries(table.columns);
  return Object.fromEntries(entries.map(([k, spec]) => [k, decode(spec, table.count, blocks)]));
}

/**
 * @param {any} raw
 * @param {ArrayBuffer} blocks
 * @returns {Model}
 */
function buildModel(raw, blocks) {
  const n = raw.nodes.count;
  const m = raw.ties.count;
  const nodes = decodeTable(raw.nodes, blocks);
  const ties = decodeTable(raw.ties, blocks);
  const source = Int32Array.from(take(ties, "source", m));
  const target = Int32Array.from(take(ties, "target", m));
  ties.id = tieIds(ties, nodes.id ?? [], source, target);
  const model = {
    about: raw.about,
    n,
    m,
    nodes,
    ties,
    aliases: decodeTable(raw.aliases, blocks),
    sources: decodeTable(raw.sources, blocks),
    evidence: decodeTable(raw.evidence, blocks),
    label: Array.from(nodes.name ?? [], (name) => drawable(String(name ?? ""))),
    x: Float64Array.from(take(nodes, "x", n)),
    y: Float64Array.from(take(nodes, "y", n)),
    source,
    target,
    ...incidence(n, source, target),
    pair: pairs(n, source, target),
    directed: Uint8Array.from(ties.kind ?? [], (kind) => (raw.undirected.includes(kind) ? 0 : 1)),
    facets: raw.facets.map((/** @type {any} */ f) => (f.of === "node" ? facet(f, nodes, n) : facet(f, ties, m))),
    measures: Object.entries(raw.measures).map(([key, spec]) => measure(key, decode(spec, n, blocks), raw.doubt?.[key])),
    nodeSpan: years(nodes, n),
    tieSpan: years(ties, m),
    aliasesOf: /** @type {Int32Array[]} */ ([]),
    receiptsOf: /** @type {Map<number, number[]>} */ (new Map()),
    hidden: raw.hidden,
    clusters: raw.clusters ?? { verdict: "untested", stability: null, each: {}, second: {} },
    pairs: raw.pairs ?? { measures: [], of: {} },
    indexOf: new Map(Array.from(nodes.id ?? [], (id, i) => [String(id), i])),
    places: arrangements(raw.places ?? {}, n, blocks),
    looks: /** @type {Looks | null} */ (raw.looks ?? null),
    ended: ended(raw.ended ?? { day: "", nodes: [], ties: [] }, n, m),
    start: raw.start ?? {},
  };
  model.places.map = { x: model.x, y: model.y };
  model.aliasesOf = grouped(model.aliases.node ?? [], n);
  Array.from(model.evidence.fact ?? []).forEach((fact, row) => {
    const rows = model.receiptsOf.get(fact);
    if (rows) rows.push(row);
    else model.receiptsOf.set(fact, [row]);
  });
  return model;
}

/**
 * Flags of the rows that have ended.
 * @param {{day: string, nodes: number[], ties: number[]}} raw
 * @param {number} n
 * @param {number} m
 * @returns {Ended}
 */
function ended(raw, n, m) {
  const node = new Uint8Array(n);
  const tie = new Uint8Array(m);
  for (const i of raw.nodes) node[i] = 1;
  for (const t of raw.ties) tie[t] = 1;
  return { day: raw.day, node, tie, any: raw.ties.length > 0 };
}

/**
 * Ids of the ties; one that the payload leaves out is put together from the tie's other columns.
 * @param {Record<string, Column>} ties
 * @param {Column} ids  of the nodes
 * @param {Int32Array} source
 * @param {Int32Array} target
 */
function tieIds(ties, ids, source, target) {
  return Array.from(source, (s, t) => {
    const given = ties.id?.[t];
    if (given !== null && given !== undefined) return given;
    const role = ties.role?.[t] ? `.${ties.role[t]}` : "";
    const start = ties.start?.[t] ? `@${ties.start[t]}` : "";
    return `${ids[s]}.${ties.kind[t]}.${ids[target[t]]}${role}${start}`;
  });
}

/**
 * Take a column that only the code needs out of the table that the reader sees.
 * @param {Record<string, Column>} table
 * @param {string} name
 * @param {number} count
 * @returns {Column}
 */
function take(table, name, count) {
  const column = table[name] ?? new Array(count).fill(0);
  delete table[name];
  return column;
}

/**
 * First and last year of each row; open where not known.
 * @param {Record<string, Column>} table
 * @param {number} count
 * @returns {Span}
 */
function years(table, count) {
  const from = take(table, "from_year", count);
  const to = take(table, "to_year", count);
  const span = { from: new Int32Array(count), to: new Int32Array(count), dated: new Uint8Array(count) };
  for (let i = 0; i < count; i++) {
    span.from[i] = from[i] || EARLIEST;
    span.to[i] = to[i] || LATEST;
    span.dated[i] = from[i] || to[i] ? 1 : 0;
  }
  return span;
}

/**
 * Ties of each node, as compressed rows.
 * @param {number} n
 * @param {Int32Array} source
 * @param {Int32Array} target
 */
function incidence(n, source, target) {
  const first = new Int32Array(n + 1);
  for (let t = 0; t < source.length; t++) {
    first[source[t] + 1]++;
    if (target[t] !== source[t]) first[target[t] + 1]++;
  }
  for (let i = 0; i < n; i++) first[i + 1] += first[i];
  const next = first.slice();
  const incident = new Int32Array(first[n]);
  for (let t = 0; t < source.length; t++) {
    incident[next[source[t]]++] = t;
    if (target[t] !== source[t]) incident[next[target[t]]++] = t;
  }
  return { first, incident };
}

/**
 * Number the pairs of nodes, so that parallel ties share one.
 * @param {number} n
 * @param {Int32Array} source
 * @param {Int32Array} target
 */
function pairs(n, source, target) {
  const seen = new Map();
  const pair = new Int32Array(source.length);
  for (let t = 0; t < pair.length; t++) {
    const [s, g] = [source[t], target[t]];
    const key = s < g ? s * n + g : g * n + s;
    const known = seen.get(key);
    pair[t] = known ?? seen.size;
    if (known === undefined) seen.set(key, seen.size);
  }
  return pair;
}

/**
 * Rows by the node they belong to.
 * @param {Column} owner
 * @param {number} n
 * @returns {Int32Array[]}
 */
function grouped(owner, n) {
  /** @type {number[][]} */
  const rows = Array.from({ length: n }, () => []);
  Array.from(owner).forEach((i, row) => rows[i].push(row));
  return rows.map((r) => Int32Array.from(r));
}

/**
 * @param {{key: string, of: "node" | "tie", column: string, values: string[]}} spec
 * @param {Record<string, Column>} table
 * @param {number} count
 * @returns {Facet}
 */
function facet(spec, table, count) {
  const index = new Map(spec.values.map((value, i) => [value, i]));
  const column = table[spec.column] ?? new Array(count).fill(null);
  const codes = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = column[i];
    codes[i] = index.get(value === null ? "" : typeof value === "string" ? value : String(value)) ?? 0;
  }
  return { key: spec.key, of: spec.of, values: spec.values, codes };
}

/**
 * A measure with its ranks; the highest is first and equals share a rank.
 * @param {string} key
 * @param {Column} column
 * @param {[Column, Column] | undefined} doubt  best and worst ranks that the data cannot exclude
 * @returns {Measure}
 */
function measure(key, column, doubt) {
  const values = Float64Array.from(column, (v) => (v === null ? NaN : v));
  // Sorted upwards, with what has no value at the end.
  const sorted = values.slice().sort();
  let ranked = sorted.length;
  while (ranked > 0 && Number.isNaN(sorted[ranked - 1])) ranked--;
  /** @type {Map<number, number>} */
  const rankOf = new Map();
  for (let i = 0; i < ranked; i++) rankOf.set(sorted[i], ranked - i);
  const rank = Int32Array.from(values, (v) => rankOf.get(v) ?? 0);
  return { key, values, rank, ranked, low: doubt?.[0] ?? null, high: doubt?.[1] ?? null };
}

/**
 * Other places of the nodes than those of the map.
 * @param {Record<string, [any, any]>} raw
 * @param {number} n
 * @param {ArrayBuffer} blocks
 * @returns {Record<string, {x: Float64Array, y: Float64Array}>}
 */
function arrangements(raw, n, blocks) {
  const axis = (/** @type {any} */ spec) => Float64Array.from(decode(spec, n, blocks));
  return Object.fromEntries(Object.entries(raw).map(([name, [x, y]]) => [name, { x: axis(x), y: axis(y) }]));
}

/**
 * A name fit for a drawing: one line, no controls, not endless. Bidi controls are left out since
 * a canvas has no element to isolate them in.
 * @param {string} name
 * @param {number} [most]  letters
 */
export function drawable(name, most = 60) {
  const line = name
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const letters = [...line.slice(0, 4 * most)];
  return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : letters.join("");
}

/** @type {WeakMap<Facet, number[]>} */
const counted = new WeakMap();

/**
 * How many rows have each value of a facet, shown or not.
 * @param {Facet} facet
 * @returns {number[]}
 */
export function facetTotals(facet) {
  let totals = counted.get(facet);
  if (totals) return totals;
  totals = new Array(facet.values.length).fill(0);
  for (const code of facet.codes) totals[code]++;
  counted.set(facet, totals);
  return totals;
}

/**
 * Whether the rows differ in a facet.
 * @param {Facet} facet
 */
export function differing(facet) {
  return facetTotals(facet).filter((n) => n > 0).length > 1;
}

/**
 * The facet with a key, where the data has it.
 * @param {Model} model
 * @param {string} key
 * @returns {Facet | undefined}
 */
export function facetOf(model, key) {
  return model.facets.find((f) => f.key === key);
}

/**
 * The other end of a tie.
 * @param {Model} model
 * @param {number} tie
 * @param {number} node
 */
export function otherEnd(model, tie, node) {
  return model.source[tie] === node ? model.target[tie] : model.source[tie];
}
