// Puts the page together and keeps its parts up to date when the state changes.

import { arrange, RINGS } from "./arrange.js";
import { askedCoverage } from "./coverage.js";
import { byId, el, fill, settled } from "./dom.js";
import { buildExports } from "./exports.js";
import { buildFacets, updateFacets } from "./facets.js";
import { computeView } from "./filters.js";
import { listenToKeys } from "./keyboard.js";
import { buildPickers, updateLegend } from "./legend.js";
import { readLooks } from "./looks.js";
import { facetOf, readModel } from "./model.js";
import { updateNotices } from "./notices.js";
import { isOverview, overviewPicture } from "./overview.js";
import { buildPeriod, updatePeriod } from "./period.js";
import { listenToPrinting } from "./printing.js";
import { Search } from "./search.js";
import { updateSheet } from "./sheet.js";
import { fromHash, Store, toHash } from "./state.js";
import { computeStyle, readPalette } from "./style.js";
import { updateTable } from "./table.js";
import { pictureOf } from "./picture.js";
import { parallelTo, tieSentence } from "./ties.js";
import { selectTie } from "./tiesheet.js";
import { departure, neighboursOf, shortestPath, tiesOfNode } from "./walks.js";
import { Words } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./state.js").State} State */

const VIEW_KEYS = ["hidden", "period", "loose", "focus", "steps", "without", "cluster"];

/**
 * The state before the reader has chosen anything.
 * @param {import("./model.js").Model} model
 * @param {string} lang
 * @returns {State}
 */
function initialState(model, lang) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    lang,
    theme: dark ? "dark" : "light",
    view: "graph",
    table: "nodes",
    sort: "-neighbours",
    page: 0,
    selected: -1,
    tie: -1,
    named: "",
    focus: -1,
    steps: 1,
    without: -1,
    goal: -1,
    held: -1,
    place: "",
    hidden: model.hidden,
    period: null,
    loose: true,
    colour: model.start.colour ?? "kind",
    size: model.start.size ?? model.measures[0]?.key ?? "same",
    arrange: model.start.arrange ?? "map",
    cluster: "",
  };
}

/** @typedef {(model: import("./model.js").Model) => import("./renderer.js").Renderer} MakeRenderer */

/** @param {MakeRenderer} makeRenderer */
async function start(makeRenderer) {
  const book = JSON.parse(byId("words").textContent ?? "{}");
  const model = await readModel(byId("data").textContent ?? "{}");
  readLooks(model);
  const words = new Words(book, document.documentElement.lang);
  const initial = initialState(model, words.language);
  const store = new Store(initial);
  store.state = fromHash(location.hash, initial, model);
  const view = computeView(model, store.state);
  /** @type {App} */
  const app = {
    model,
    words,
    store,
    view,
    style: computeStyle(model, view, store.state, null),
    renderer: makeRenderer(model),
    palette: () => readPalette(document.documentElement),
    announce: (text) => fill(byId("announce"), [text]),
    select: (node, from) => select(app, node, from),
    ask: () => undefined,
    centre: -1,
    departure: null,
    mark: null,
    path: null,
    overview: null,
  };
  speak(app);
  const search = new Search(app);
  app.ask = (question, answer) => search.ask(question, answer);
  // A tap that selects would otherwise also click what opens under the finger.
  byId("stage").addEventListener("touchend", (e) => e.cancelable && e.preventDefault());
  app.renderer.mount(byId("stage"), { pick: (node, tie) => pick(app, node, tie), hover: (node, tie, x, y) => tip(app, node, tie, x, y) });
  recompute(app);
  const everything = new Set(Object.keys(store.state));
  render(app, everything);
  store.subscribe((_, changed) => render(app, changed));
  keepAddress(app);
  wire(app);
  listenToKeys(app);
  listenToPrinting(app);
  document.body.classList.remove("loading");
}

/**
 * What follows from the state: the view, the path, the pieces, the looks.
 * @param {App} app
 */
function recompute(app) {
  const { model, store } = app;
  const state = store.state;
  app.view = computeView(model, state);
  app.departure = null;
  if (state.without >= 0) {
    const whole = computeView(model, { ...state, without: -1 });
    app.departure = departure(model, whole.node, whole.tie, state.without);
  }
  restyle(app);
}

/** @param {App} app */
function restyle(app) {
  app.style = computeStyle(app.model, app.view, app.store.state, app.departure?.after ?? null);
  app.overview = isOverview(app) ? overviewPicture(app) : null;
  arrange(app);
  app.renderer.show(pictureOf(app));
}

/**
 * Bring up to date what depends on the part of the state that changed.
 * @param {App} app
 * @param {Set<string>} changed
 */
function render(app, changed) {
  const { store, words } = app;
  const state = store.state;
  const any = (/** @type {string[]} */ ...keys) => keys.some((key) => changed.has(key));
  if (any("lang")) speakAgain(app);
  if (any("theme")) document.documentElement.dataset.theme = state.theme;
  if (any(...VIEW_KEYS)) recompute(app);
  else if (any("theme", "colour", "size", "arrange", "named") || (any("lang") && state.named)) restyle(app);
  else if (any("selected") && state.arrange === RINGS && state.selected >= 0) restyle(app);
  if (any("view")) switchView(app);
  if (any("selected", "tie", "named", "goal", "held", "place", ...VIEW_KEYS)) {
    const { selected, goal } = state;
    app.path = selected >= 0 && goal >= 0 ? shortestPath(app.model, app.view.tie, app.view.tiesOf, selected, goal) : null;
    app.mark = markOf(app);
    app.renderer.highlight(app.mark);
  }
  const turned = any("selected") && state.arrange === RINGS;
  if (turned || any("focus", "steps", "without", "cluster", "arrange")) app.renderer.fit();
  if (any("lang", ...VIEW_KEYS)) {
    updateFacets(app);
    updatePeriod(app);
  }
  if (any("lang", "colour", "size", "theme", ...VIEW_KEYS)) updateLegend(app);
  if (any("lang", "selected", "tie", "goal", "held", "place", ...VIEW_KEYS)) {
    updateNotices(app);
    updateSheet(app);
  }
  if (any("lang", "view", "table", "sort", "page", "selected", ...VIEW_KEYS)) updateTable(app);
  const empty = byId("empty");
  empty.hidden = app.view.nodes > 0;
  fill(empty, [words.say(app.model.n ? "empty.filtered" : "empty.nothing")]);
}

/**
 * What is lifted out of the picture.
 * @param {App} app
 * @returns {import("./renderer.js").Mark | null}
 */
function markOf(app) {
  const { model, view, path, style } = app;
  const { selected, without, focus, tie } = app.store.state;
  const named = app.store.state.named !== "";
  if (tie >= 0 && !app.overview) return betweenEnds(app, tie);
  if (path) {
    const next = new Map(path.nodes.slice(1).map((node, p) => [path.nodes[p], node]));
    const along = path.nodes.flatMap((i) => tiesOfNode(model, view.tie, i).filter((t) => [model.source[t], model.target[t]].includes(next.get(i) ?? -1)));
    return { nodes: path.nodes, ties: [...new Set(along)], selected, ghost: -1, fade: true, tie: -1, named: true };
  }
  const asked = app.overview ? null : askedCoverage(app);
  if (asked) return lit(app, asked.holders.length ? [asked.what, ...asked.holders] : asked.here);
  if (without >= 0) return { nodes: [], ties: [], selected: view.node[selected] ? selected : -1, ghost: without, fade: false, tie: -1, named };
  if (selected < 0 || !view.node[selected] || app.overview) return null;
  if (focus === selected) return { nodes: [], ties: [], selected, ghost: -1, fade: false, tie: -1, named };
  const around = neighboursOf(model, view.tie, selected).sort((a, b) => style.radius[b] - style.radius[a] || a - b);
  return { nodes: [selected, ...around], ties: tiesOfNode(model, view.tie, selected), selected, ghost: -1, fade: true, tie: -1, named };
}

/**
 * Some nodes lifted out, with the ties between them.
 * @param {App} app
 * @param {number[]} nodes
 * @returns {import("./renderer.js").Mark}
 */
function lit({ model, view, store }, nodes) {
  const shown = nodes.filter((i) => view.node[i]);
  const among = new Set(shown);
  const ties = shown.flatMap((i) => tiesOfNode(model, view.tie, i).filter((t) => model.source[t] === i && among.has(model.target[t])));
  return { nodes: shown, ties, selected: -1, ghost: -1, fade: true, tie: -1, named: store.state.named !== "" };
}

/**
 * The ties between the two ends of one of them.
 * @param {App} app
 * @param {number} tie
 * @returns {import("./renderer.js").Mark | null}
 */
function betweenEnds(app, tie) {
  const { model, view, store } = app;
  if (!view.tie[tie]) return null;
  const { selected } = store.state;
  const nodes = [...new Set([model.source[tie], model.target[tie]])];
  return { nodes, ties: parallelTo(app, tie), selected: nodes.includes(selected) ? selected : -1, ghost: -1, fade: true, tie, named: true };
}

/**
 * What a click on the stage means: a disc of the overview opens, a node or a tie is selected.
 * @param {App} app
 * @param {number} node
 * @param {number} tie
 */
function pick(app, node, tie) {
  if (!app.overview && tie >= 0) selectTie(app, tie, "stage");
  else if (!app.overview) select(app, node, "stage");
  else if (node >= 0) app.store.set({ cluster: app.overview.values[node] });
}

/**
 * Select a node, whatever hides it; -1 selects none.
 * @param {App} app
 * @param {number} node
 * @param {"list" | "stage"} [from]
 */
function select(app, node, from) {
  const { model, store, words } = app;
  if (node < 0) return store.set({ selected: -1, tie: -1, goal: -1, held: -1 });
  const shown = (app.view.node[node] && !app.overview) || node === store.state.without;
  const patch = shown ? {} : uncovered(app, node);
  store.set({ ...patch, selected: node, tie: -1, goal: -1, held: -1 });
  if (!app.overview) app.renderer.reveal(node);
  const kind = words.label("kind", String(model.nodes.kind[node]));
  const hidden = Object.keys(patch).length ? ` ${words.say("select.revealed")}` : "";
  app.announce(`${model.label[node]}, ${kind}, ${words.count("ties", app.view.tiesOf[node])}.${hidden}`);
  if (from === "list") byId("sheet-name").focus({ preventScroll: true });
}

/**
 * The changes that bring a hidden node into view.
 * @param {App} app
 * @param {number} node
 * @returns {Partial<State>}
 */
function uncovered(app, node) {
  const { model, store } = app;
  const hidden = { ...store.state.hidden };
  for (const facet of model.facets) {
    if (facet.of !== "node") continue;
    const value = facet.values[facet.codes[node]];
    hidden[facet.key] = (hidden[facet.key] ?? []).filter((v) => v !== value);
  }
  const cluster = facetOf(model, "cluster");
  const home = app.overview && cluster ? cluster.values[cluster.codes[node]] || "all" : "all";
  return { hidden, period: null, loose: true, focus: -1, cluster: store.state.cluster || app.overview ? home : "" };
}

/**
 * Fill in the page's words.
 * @param {App} app
 */
function speak(app) {
  const { words } = app;
  document.documentElement.lang = words.language;
  for (const node of document.querySelectorAll("[data-t]")) fill(node, [words.say(node.getAttribute("data-t") ?? "")]);
  for (const node of document.querySelectorAll("[data-t-label]")) {
    const text = words.say(node.getAttribute("data-t-label") ?? "");
    node.setAttribute("aria-label", text);
    if (node instanceof HTMLButtonElement) node.title = text;
  }
  for (const node of document.querySelectorAll("[data-t-hint]")) node.setAttribute("placeholder", words.say(node.getAttribute("data-t-hint") ?? ""));
  const languages = /** @type {HTMLSelectElement} */ (byId("language"));
  fill(languages, words.book.languages.map((code) => el("option", { value: code, lang: code }, code.toUpperCase())));
  languages.value = words.language;
}

/** @param {App} app */
function speakAgain(app) {
  app.words.use(app.store.state.lang);
  speak(app);
  buildPickers(app);
  buildFacets(app);
  buildPeriod(app);
  buildExports(app);
  buildHelp(app);
}

/** @param {App} app */
function switchView(app) {
  const table = app.store.state.view === "table";
  byId("graph-pane").hidden = table;
  byId("table-pane").hidden = !table;
  byId("view-graph").setAttribute("aria-pressed", String(!table));
  byId("view-table").setAttribute("aria-pressed", String(table));
}

/**
 * Name what the pointer is on.
 * @param {App} app
 * @param {number} node
 * @param {number} tie
 * @param {number} x
 * @param {number} y
 */
function tip(app, node, tie, x, y) {
  const box = byId("tip");
  const { model, words, view } = app;
  box.hidden = node < 0 && (tie < 0 || app.overview !== null);
  if (box.hidden) return;
  if (node < 0) {
    const others = parallelTo(app, tie).length - 1;
    fill(box, [el("bdi", {}, tieSentence(app, tie)), others ? ` (${words.count("parallel", others)})` : ""]);
  } else if (app.overview) fill(box, [el("bdi", {}, app.overview.model.label[node])]);
  else fill(box, [el("bdi", {}, model.label[node]), titleOf(model, node), ` · ${words.label("kind", String(model.nodes.kind[node]))} · ${words.count("ties", view.tiesOf[node])}`]);
  const width = byId("stage").clientWidth;
  const right = x > width - 290;
  box.style.transform = `translate(${right ? x - 14 : x + 14}px, ${y + 16}px)${right ? " translateX(-100%)" : ""}`;
}

/**
 * What a script says of a node beyond its name.
 * @param {import("./model.js").Model} model
 * @param {number} node
 */
function titleOf(model, node) {
  const title = model.looks ? model.nodes.title?.[node] : null;
  return title ? el("bdi", { class: "said" }, String(title).slice(0, 400)) : null;
}

/**
 * Keep the address and the state the same.
 * @param {App} app
 */
function keepAddress(app) {
  const { store, model } = app;
  let written = location.hash;
  const write = settled(() => {
    written = `#${toHash(store.state, store.initial, model)}`;
    try {
      history.replaceState(null, "", written);
    } catch {
      // A sandboxed frame has no address of its own.
    }
  }, 120);
  store.subscribe(write);
  window.addEventListener("hashchange", (event) => {
    // The address may have been written over since; what the reader asked for is in the event.
    const asked = new URL(event.newURL).hash;
    if (asked !== written) store.set(fromHash(asked, store.initial, model));
  });
}

/**
 * Connect the controls that page.html has.
 * @param {App} app
 */
function wire(app) {
  const { store, renderer } = app;
  const click = (/** @type {string} */ id, /** @type {(e: Event) => void} */ act) => byId(id).addEventListener("click", act);
  const choose = (/** @type {string} */ id, /** @type {(value: string) => void} */ act) =>
    byId(id).addEventListener("change", (e) => act(/** @type {HTMLSelectElement} */ (e.target).value));
  click("view-graph", () => store.set({ view: "graph" }));
  click("view-table", () => store.set({ view: "table" }));
  click("zoom-in", () => renderer.zoom(1.3));
  click("zoom-out", () => renderer.zoom(1 / 1.3));
  click("zoom-fit", () => renderer.fit());
  click("theme", () => store.set({ theme: store.state.theme === "dark" ? "light" : "dark" }));
  click("reset", () => store.set({ hidden: store.initial.hidden, period: null, loose: true, cluster: "" }));
  click("help", () => /** @type {HTMLDialogElement} */ (byId("help-box")).showModal());
  click("skip", (e) => {
    e.preventDefault();
    const table = byId("table-pane").querySelector(".scroller");
    (table instanceof HTMLElement ? table : byId("stage")).focus();
  });
  choose("language", (lang) => store.set({ lang }));
  choose("colour", (colour) => store.set({ colour }));
  choose("size", (size) => store.set({ size }));
  choose("arrange", (arrange) => store.set({ arrange }));
  choose("named", () => store.set({ named: store.state.named ? "" : "ties" }));
  wireFilters();
  wireMenu();
}

/** The filters as a drawer, where the page is narrow. */
function wireFilters() {
  const filters = byId("filters");
  const opener = byId("open-filters");
  const set = (/** @type {boolean} */ open) => {
    filters.classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
    (open ? byId("close-filters") : opener).focus();
  };
  opener.addEventListener("click", () => set(!filters.classList.contains("open")));
  byId("close-filters").addEventListener("click", () => set(false));
}

/** The export menu: opens on its button, closes on a choice, on Escape and elsewhere. */
function wireMenu() {
  const button = byId("export");
  const menu = byId("export-menu");
  const set = (/** @type {boolean} */ open) => {
    menu.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const items = () => /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("[role=menuitem]")]);
  button.addEventListener("click", () => {
    set(menu.hidden);
    if (!menu.hidden) items()[0].focus();
  });
  menu.addEventListener("click", () => {
    set(false);
    button.focus();
  });
  menu.addEventListener("keydown", (e) => {
    const at = items().indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (e.key === "Escape") {
      set(false);
      button.focus();
    } else if (e.key === "ArrowDown") items()[(at + 1) % items().length].focus();
    else if (e.key === "ArrowUp") items()[(at + items().length - 1) % items().length].focus();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  document.addEventListener("pointerdown", (e) => {
    if (!menu.parentElement?.contains(/** @type {Node} */ (e.target))) set(false);
  });
}

/** @param {App} app */
function buildHelp(app) {
  const { words } = app;
  const box = /** @type {HTMLDialogElement} */ (byId("help-box"));
  const keys = ["/", "← ↑ → ↓", "t", "Enter", "Esc", "f", "+ −", "0", "?"];
  const names = ["search", "walk", "tie", "enter", "escape", "focus", "zoom", "fit", "help"];
  fill(box, [
    el("h2", { id: "help-title" }, words.say("help.title")),
    app.model.about.description ? el("p", {}, el("bdi", {}, app.model.about.description)) : null,
    el("p", {}, words.say("help.text")),
    el("dl", { class: "keys" }, ...keys.flatMap((key, k) => [el("dt", {}, ...key.split(" ").map((one) => el("kbd", {}, one))), el("dd", {}, words.say(`help.${names[k]}`))])),
    el("button", { type: "button", class: "plain", on: { click: () => box.close() } }, words.say("close")),
  ]);
}

/**
 * Open the page with a renderer.
 * @param {MakeRenderer} makeRenderer
 */
export function run(makeRenderer) {
  start(makeRenderer).catch((error) => {
    const place = byId("failure");
    place.hidden = false;
    place.textContent = `${place.textContent} ${error instanceof Error ? error.message : error}`;
    document.body.classList.remove("loading");
    throw error;
  });
}
