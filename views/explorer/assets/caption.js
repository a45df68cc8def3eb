// What is special about the view, in words under the title of a saved picture.

import { valueName } from "./app.js";
import { byId } from "./dom.js";
import { tieSentence } from "./ties.js";
import { capital } from "./words.js";

/** @typedef {import("./app.js").App} App */

const SPELT_OUT = 6;

/**
 * What is selected, what stands above the stage, what the filters leave out, and the day of the data.
 * @param {App} app
 * @returns {string[]}
 */
export function captionOf(app) {
  const { words, model, store } = app;
  const { selected, tie, goal, without, period } = store.state;
  const as_of = model.about.as_of;
  return [
    tie >= 0 ? tieSentence(app, tie) : selected >= 0 && goal < 0 && selected !== without ? `${words.say("sheet.title")}: ${model.label[selected]}` : "",
    ...[...byId("notices").children].filter((notice) => notice.id !== "notice-complement").map((notice) => said(notice.firstElementChild)),
    period ? `${words.say("period.title")}: ${period.join(" – ")}` : "",
    ...leftOut(app),
    as_of ? words.say("caption.date", { date: as_of }) : "",
  ]
    .filter(Boolean)
    .map((text) => (/[.:!?]$/.test(text) ? text : `${text}.`));
}

/**
 * The words of a notice without its controls and what to click; each step of a path apart.
 * @param {Element | null} notice
 */
function said(notice) {
  const parts = [...(notice?.childNodes ?? [])].filter((node) => node.nodeName !== "SELECT" && !(node instanceof HTMLElement && node.className === "hint"));
  const text = parts.map((node) => (node instanceof HTMLElement && node.className === "chain" ? ` ${[...node.children].map((hop) => hop.textContent).join(" ")}` : node.textContent));
  return text.join("").trim();
}

/**
 * What each filter leaves out.
 * @param {App} app
 */
function leftOut(app) {
  const { words, model, store } = app;
  const { hidden, loose } = store.state;
  const said = model.facets
    .filter(({ key }) => hidden[key]?.length)
    .map(({ key }) => {
      const names = (hidden[key] ?? []).map((value) => valueName(app, key, value));
      const more = names.length > SPELT_OUT ? ` … (${words.number(names.length)})` : "";
      return `${capital(words.label("facet", key))}: ${words.say("caption.without", { names: names.slice(0, SPELT_OUT).join(", ") + more })}`;
    });
  return loose ? said : [...said, words.say("caption.tied")];
}
