// The period: years on a slider under a histogram of the ties that were alive in each.

import { byId, el, fill, svgEl } from "./dom.js";
import { playButton } from "./play.js";

/** @typedef {import("./app.js").App} App */
const BARS = 60;

/** @type {WeakMap<import("./model.js").Model, [number, number] | null>} */
const ranges = new WeakMap();

/**
 * First and last year that the data speaks of, or null where it has fewer than two.
 * @param {import("./model.js").Model} model
 */
function range(model) {
  let found = ranges.get(model);
  if (found === undefined) ranges.set(model, (found = findRange(model)));
  return found;
}

/**
 * @param {import("./model.js").Model} model
 * @returns {[number, number] | null}
 */
function findRange(model) {
  let [low, high] = [Infinity, -Infinity];
  for (const span of [model.nodeSpan, model.tieSpan]) {
    for (const years of [span.from, span.to]) {
      for (let i = 0; i < years.length; i++) {
        const year = years[i];
        if (Math.abs(year) >= 10000) continue;
        if (year < low) low = year;
        if (year > high) high = year;
      }
    }
  }
  return high > low ? [low, high] : null;
}

/** @param {App} app */
export function buildPeriod(app) {
  const years = range(app.model);
  const { words, store } = app;
  if (!years) return fill(byId("period"), []);
  const slider = (/** @type {0 | 1} */ end) =>
    el("input", {
      type: "range",
      min: years[0],
      max: years[1],
      step: 1,
      "aria-label": words.say(end ? "period.to" : "period.start"),
      on: { input: (/** @type {Event} */ e) => move(app, years, end, e) },
    });
  const loose = el("input", { type: "checkbox", on: { change: () => store.set({ loose: !store.state.loose }) } });
  fill(byId("period"), [
    el(
      "fieldset",
      { class: "facet" },
      el("legend", {}, el("span", { class: "hidden-text" }, words.say("period.title"))),
      el(
        "div",
        { class: "caption" },
        el("h3", { "aria-hidden": "true" }, words.say("period.title")),
        el("span", { class: "hides", id: "years" }),
        el("button", { type: "button", class: "link all", id: "all-years", hidden: true, on: { click: () => store.set({ period: null }) } }, words.say("facet.all")),
      ),
      histogram(app, years),
      el("div", { class: "ranges" }, slider(0), slider(1)),
      el("div", { class: "ends" }, el("span", {}, String(years[0])), el("span", { id: "undated" }), el("span", {}, String(years[1]))),
      playButton(app, years),
    ),
    el("div", { class: "facet" }, el("div", { class: "row" }, el("label", {}, loose, el("span", { class: "name" }, words.say("loose.label"))))),
  ]);
  loose.id = "loose";
  updatePeriod(app);
}

/**
 * @param {App} app
 * @param {[number, number]} years
 * @param {0 | 1} end
 * @param {Event} event
 */
function move(app, years, end, event) {
  const value = Number(/** @type {HTMLInputElement} */ (event.target).value);
  const now = app.store.state.period ?? years;
  /** @type {[number, number]} */
  const next = end ? [Math.min(now[0], value), value] : [value, Math.max(now[1], value)];
  app.store.set({ period: next[0] === years[0] && next[1] === years[1] ? null : next });
}

/**
 * Bars as high as the number of dated ties that may have been alive in a year.
 * @param {App} app
 * @param {[number, number]} years
 */
function histogram(app, [low, high]) {
  const span = app.model.tieSpan;
  const step = Math.max(1, Math.ceil((high - low + 1) / BARS));
  const bars = new Array(Math.ceil((high - low + 1) / step)).fill(0);
  for (let t = 0; t < app.model.m; t++) {
    if (!span.dated[t]) continue;
    const from = Math.max(0, Math.floor((span.from[t] - low) / step));
    const to = Math.min(bars.length - 1, Math.floor((span.to[t] - low) / step));
    for (let b = from; b <= to; b++) bars[b]++;
  }
  const most = Math.max(1, ...bars);
  const rects = bars.map((n, b) => {
    const height = n ? Math.max(1.5, (38 * n) / most) : 0;
    const from = low + b * step;
    const years = { "data-from": from, "data-to": from + step - 1 };
    return svgEl("rect", { x: b * 10 + 1, width: 8, y: 40 - height, height, ...years });
  });
  const label = app.words.say("period.histogram");
  const box = `0 0 ${bars.length * 10} 40`;
  return svgEl("svg", { class: "bars", viewBox: box, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...rects);
}

/** @param {App} app */
export function updatePeriod(app) {
  const years = range(app.model);
  if (!years) return;
  const { words, store, view } = app;
  const now = store.state.period ?? years;
  const sliders = /** @type {NodeListOf<HTMLInputElement>} */ (byId("period").querySelectorAll("input[type=range]"));
  sliders.forEach((slider, end) => {
    slider.value = String(now[end]);
    slider.setAttribute("aria-valuetext", String(now[end]));
  });
  for (const bar of byId("period").querySelectorAll("rect")) {
    const within = store.state.period !== null && Number(bar.getAttribute("data-from")) <= now[1] && Number(bar.getAttribute("data-to")) >= now[0];
    bar.classList.toggle("in", within);
  }
  fill(byId("years"), [store.state.period ? (now[0] === now[1] ? String(now[0]) : `${now[0]} – ${now[1]}`) : ""]);
  fill(byId("undated"), [view.undated ? words.say("period.undated", { n: view.undated }) : ""]);
  byId("all-years").hidden = !store.state.period;
  /** @type {HTMLInputElement} */ (byId("loose")).checked = store.state.loose;
}
