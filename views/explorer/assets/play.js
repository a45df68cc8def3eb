// Playing the years: one after the other, each as the period, until the last one or a second press.

import { byId, el } from "./dom.js";

/** @typedef {import("./app.js").App} App */
const PACE = 900;
let waiting = 0;

/**
 * The button that plays and pauses.
 * @param {App} app
 * @param {[number, number]} years
 */
export function playButton(app, years) {
  const on = { click: () => (waiting ? pause(app) : play(app, years)) };
  return el("button", { type: "button", class: "plain play", id: "play", "aria-pressed": "false", on }, app.words.say("play"));
}

/**
 * @param {App} app
 * @param {[number, number]} years
 */
function play(app, [first, last]) {
  const now = app.store.state.period;
  const from = now && now[0] === now[1] && now[1] < last ? now[1] + 1 : first;
  show(app, from, last);
}

/**
 * Show a year, say it, and wait for the next.
 * @param {App} app
 * @param {number} year
 * @param {number} last
 */
function show(app, year, last) {
  app.store.set({ period: [year, year] });
  app.announce(`${year}: ${app.words.count("ties", app.view.ties)}`);
  waiting = year < last ? window.setTimeout(() => next(app, year, last), PACE) : 0;
  label(app);
}

/**
 * Go on unless the reader chose other years in the meantime.
 * @param {App} app
 * @param {number} year
 * @param {number} last
 */
function next(app, year, last) {
  const now = app.store.state.period;
  if (now && now[0] === year && now[1] === year) show(app, year + 1, last);
  else pause(app);
}

/** @param {App} app */
function pause(app) {
  window.clearTimeout(waiting);
  waiting = 0;
  label(app);
}

/** @param {App} app */
function label(app) {
  const button = byId("play");
  button.textContent = app.words.say(waiting ? "pause" : "play");
  button.setAttribute("aria-pressed", String(waiting > 0));
}
