// What the sheet says of a tie, and of the sources of a fact.

import { periodText } from "./app.js";
import { el, isolated, outsideLink } from "./dom.js";

/** @typedef {import("./app.js").App} App */

export const MANY = 15;
export const LONG = 1200;

/**
 * All that is known of a tie but its kind and its ends.
 * @param {App} app
 * @param {number} t
 */
export function aboutTie(app, t) {
  const { model, words, view } = app;
  const value = (/** @type {string} */ column) => model.ties[column]?.[t] ?? null;
  const chips = [
    value("role") && words.label("role", value("role")),
    periodText(app, value("start"), value("end")),
    value("reported_by") && `${words.label("column", "reported_by")} ${model.label[model.indexOf.get(value("reported_by")) ?? -1] ?? value("reported_by")}`,
    value("intensity") && words.label("intensity", value("intensity")),
    money(app, value("amount"), value("currency")),
    ...["trust", "value", "strength", "confidence"].map((c) => value(c) !== null && `${words.label("column", c)} ${words.number(value(c))}`),
  ].filter(Boolean);
  const status = value("status");
  return el(
    "div",
    { class: "about" },
    value("description") ? el("span", {}, isolated(clipped(value("description"), LONG))) : null,
    value("member_benefit") ? el("span", {}, el("b", {}, words.say("tie.benefit")), " ", isolated(clipped(value("member_benefit"), LONG))) : null,
    el(
      "span",
      { class: "chips" },
      ...chips.map((chip) => el("span", { class: "tag" }, isolated(String(chip)))),
      status ? el("span", { class: status === "inferred" || status === "disputed" ? "tag weak" : "tag" }, words.label("status", status)) : null,
      view.tie[t] ? null : el("span", { class: "tag" }, words.say("tie.absent")),
    ),
    receipts(app, model.n + t),
  );
}

/**
 * @param {App} app
 * @param {number | null} amount
 * @param {string | null} currency
 */
function money(app, amount, currency) {
  if (amount === null) return "";
  return currency ? `${app.words.number(amount)} ${currency}` : app.words.number(amount);
}

/**
 * The receipts of a fact, folded up.
 * @param {App} app
 * @param {number} fact  node i, or n + tie
 */
export function receipts(app, fact) {
  const { model, words } = app;
  const rows = model.receiptsOf.get(fact) ?? [];
  if (!rows.length && model.looks) return null;
  if (!rows.length) return el("span", { class: "tag" }, words.say("receipt.none"));
  return el(
    "details",
    { "data-fact": fact },
    el("summary", {}, words.count("receipts", rows.length)),
    ...rows.slice(0, MANY).map((row) => receipt(app, row)),
  );
}

/**
 * Source, place in it, words, and when it was noted.
 * @param {App} app
 * @param {number} row
 */
function receipt(app, row) {
  const { model, words } = app;
  const of = (/** @type {string} */ column) => model.evidence[column]?.[row] ?? null;
  const from = (/** @type {string} */ column) => model.sources[column]?.[of("source")] ?? null;
  const dates = [
    from("published") && `${words.label("source", "published")} ${from("published")}`,
    from("retrieved") && `${words.label("source", "retrieved")} ${from("retrieved")}`,
    of("recorded_on") && `${words.label("evidence", "recorded_on")} ${of("recorded_on")}`,
  ].filter(Boolean);
  const title = clipped(from("title") ?? "", 300);
  return el(
    "div",
    { class: "receipt" },
    el("span", { class: "title" }, from("url") ? outsideLink(String(from("url")), title) : isolated(title)),
    of("locator") ? el("span", {}, isolated(clipped(of("locator"), 300))) : null,
    of("attribute") ? el("span", { class: "tag" }, words.say("receipt.about", { what: words.label("column", String(of("attribute"))) })) : null,
    of("quote") ? el("q", {}, isolated(clipped(of("quote"), LONG))) : null,
    dates.length ? el("span", { class: "tag" }, dates.join(" · ")) : null,
  );
}

/**
 * @param {any} text
 * @param {number} most
 */
export function clipped(text, most) {
  const whole = String(text ?? "");
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
}
