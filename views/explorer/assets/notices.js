// What is special about the view now, said above it: a focus, a path, a node thought away.

import { valueName } from "./app.js";
import { complement, sentence } from "./complement.js";
import { askedCoverage, placeName } from "./coverage.js";
import { byId, el, fill, isolated } from "./dom.js";
import { tieName } from "./ties.js";
import { tieButton } from "./tiesheet.js";
import { tiesOfNode } from "./walks.js";

/** @typedef {import("./app.js").App} App */

const FURTHEST = 9;
const LISTED = 300;

/** @param {App} app */
export function updateNotices(app) {
  const { state } = app.store;
  fill(byId("notices"), [
    app.overview || state.cluster ? clusterNotice(app) : null,
    state.focus >= 0 ? focusNotice(app) : null,
    state.without >= 0 ? withoutNotice(app) : null,
    state.held >= 0 ? coverageNotice(app) : null,
    state.goal >= 0 && state.selected >= 0 ? pathNotice(app) : null,
    state.goal >= 0 && state.selected >= 0 ? complementNotice(app) : null,
  ]);
}

/**
 * @param {string} id
 * @param {Node[]} text
 * @param {...Node} buttons
 */
function notice(id, text, ...buttons) {
  return el("div", { class: "notice", id: `notice-${id}` }, el("p", {}, ...text), ...buttons);
}

/**
 * A text with the names of nodes in it, each set apart.
 * @param {string} text
 * @param {Record<string, string>} names
 * @returns {Node[]}
 */
function withNames(text, names) {
  return text.split(/(‹\w+›)/).map((part) => {
    const name = names[part.slice(1, -1)];
    return part.startsWith("‹") && name !== undefined ? isolated(name) : document.createTextNode(part);
  });
}

/**
 * @param {string} text
 * @param {() => void} click
 * @param {string} [id]
 */
function button(text, click, id) {
  return el("button", { type: "button", class: "plain", id, on: { click } }, text);
}

/**
 * Widen or narrow the focus.
 * @param {App} app
 * @param {number} by
 */
export function widen(app, by) {
  const { store, words } = app;
  const steps = Math.max(1, Math.min(FURTHEST, store.state.steps + by));
  store.set({ steps });
  app.announce(words.count("steps", steps));
}

/** @param {App} app */
function focusNotice(app) {
  const { words, store, model } = app;
  const { focus, steps } = store.state;
  const step = (/** @type {string} */ key, /** @type {string} */ sign, /** @type {number} */ by) =>
    el("button", { type: "button", class: "plain square", id: `focus-${key}`, "aria-label": words.say(`focus.${key}`), on: { click: () => refocus(() => widen(app, by), `focus-${key}`) } }, sign);
  return notice(
    "focus",
    withNames(words.say("focus.notice", { name: "‹name›", steps: words.count("steps", steps) }), { name: model.label[focus] }),
    step("less", "−", -1),
    step("more", "+", 1),
    button(words.say("focus.end"), () => store.set({ focus: -1 }), "focus-end"),
  );
}

/**
 * Keep the focus on a button that is made anew by what it does.
 * @param {() => void} act
 * @param {string} id
 */
function refocus(act, id) {
  act();
  document.getElementById(id)?.focus();
}

/** @param {App} app */
function clusterNotice(app) {
  const { words, store, view, overview } = app;
  const { cluster } = store.state;
  const all = button(words.say("overview.all"), () => store.set({ cluster: "all" }), "overview-all");
  if (overview) {
    const text = words.say("overview.notice", { clusters: words.count("clusters", overview.values.length), nodes: words.count("nodes", view.nodes) });
    const hint = el("span", { class: "hint" }, ` ${words.say("overview.hint")} `);
    return notice("overview", [document.createTextNode(text), hint, chooser(app, overview.values)], all);
  }
  const back = button(words.say("overview.back"), () => store.set({ cluster: "", selected: -1, focus: -1, goal: -1, without: -1 }), "overview-back");
  const name = cluster === "all" ? words.say("overview.everything") : valueName(app, "cluster", cluster);
  return notice("overview", [isolated(name), document.createTextNode(` · ${words.count("nodes", view.nodes)}`)], back);
}

/**
 * The discs as a list, for who does not point.
 * @param {App} app
 * @param {string[]} values
 */
function chooser(app, values) {
  const label = app.words.say("overview.choose");
  const open = (/** @type {Event} */ e) => app.store.set({ cluster: /** @type {HTMLSelectElement} */ (e.target).value });
  const options = values.slice(0, LISTED).map((value) => el("option", { value }, valueName(app, "cluster", value)));
  return el("select", { "aria-label": label, id: "overview-choose", on: { change: open } }, el("option", { value: "" }, label), ...options);
}

/** @param {App} app */
function withoutNotice(app) {
  const { words, store, model, departure } = app;
  if (!departure) return null;
  const [before, after] = [departure.before, departure.after.length].map((n) => words.count("pieces", n));
  const parts = [before === after ? words.say("without.same", { pieces: after }) : words.say("without.pieces", { before, after })];
  if (departure.lost) parts.push(words.count("without.lost", departure.lost));
  const names = Object.fromEntries(departure.alone.slice(0, 4).map((i, p) => [`a${p}`, model.label[i]]));
  const list = Object.keys(names).map((key) => `‹${key}›`).join(", ");
  const rest = departure.alone.length - Object.keys(names).length;
  if (list) parts.push(words.say(rest > 0 ? "without.alone.more" : "without.alone", { names: list, n: rest }));
  return notice(
    "without",
    withNames(`${words.say("without.notice", { name: "‹name›" })} ${parts.join(" ")}`, { name: model.label[store.state.without], ...names }),
    button(words.say("without.end"), () => store.set({ without: -1 }), "without-end"),
  );
}

/** @param {App} app */
function pathNotice(app) {
  const { words, store, model, path } = app;
  const { selected, goal } = store.state;
  const end = button(words.say("path.end"), () => store.set({ goal: -1 }), "path-end");
  const ends = { from: model.label[selected], to: model.label[goal] };
  const places = { from: "‹from›", to: "‹to›" };
  if (!path) return notice("path", withNames(words.say("path.none", places), ends), end);
  const steps = words.count("steps", path.nodes.length - 1);
  const ways = path.count > 1 ? ` ${words.say("path.ways", { n: path.count })}` : "";
  const chain = path.nodes.flatMap((i, p) => [...(p ? stepBetween(app, path.nodes[p - 1], i) : []), hop(app, i)]);
  return notice("path", [document.createTextNode(`${steps}:`), el("span", { class: "chain" }, ...chain), document.createTextNode(ways)], end);
}

/**
 * How one node of a path is tied to the next: the tie, and how many more there are.
 * @param {App} app
 * @param {number} from
 * @param {number} to
 */
function stepBetween(app, from, to) {
  const { model, view, words } = app;
  const [first, ...rest] = tiesOfNode(model, view.tie, from).filter((t) => model.source[t] === to || model.target[t] === to);
  const [before, after] = !model.directed[first] ? ["—", "—"] : model.source[first] === from ? ["—", "→"] : ["←", "—"];
  const more = rest.length ? ` (${words.count("parallel", rest.length)})` : "";
  return [el("span", { class: "tied" }, `${before} `, tieButton(app, first, tieName(app, first)), `${more} ${after}`)];
}

/** @param {App} app */
function complementNotice(app) {
  const said = complement(app, app.store.state.selected, app.store.state.goal);
  return said.length ? el("div", { class: "notice", id: "notice-complement" }, el("div", {}, ...said)) : null;
}

/**
 * Who holds what was asked for; where nobody does, who is there.
 * @param {App} app
 */
function coverageNotice(app) {
  const asked = askedCoverage(app);
  if (!asked) return null;
  const { words, store } = app;
  const { what, place, here, holders } = asked;
  const where = place ? ` (${placeName(app, place)})` : "";
  const some = holders.length > 0;
  const text = words.say(some ? "coverage.held" : "coverage.hole", { what: `‹›${where}`, n: holders.length, all: words.count("partners", here.length) });
  const end = button(words.say("coverage.end"), () => store.set({ held: -1 }), "coverage-end");
  return el("div", { class: "notice", id: "notice-coverage" }, sentence(app, text, what, some ? holders : here), end);
}

/**
 * @param {App} app
 * @param {number} node
 */
function hop(app, node) {
  return el("button", { type: "button", class: "link", on: { click: () => app.select(node, "list") } }, isolated(app.model.label[node]));
}
