"use strict";
// Decide about candidates by keyboard or mouse, and download the decisions as one CSV file.
const DECISIONS = { a: "accept", r: "reject", e: "edit", u: "unsure", x: "" };
const COLUMNS = ["new_name", "new_kind", "new_subtype", "new_period", "same_as"];
const rows = [...document.querySelectorAll("main article")];
const byId = id => document.getElementById(id);
const key = "partnergraph-review-" + document.body.dataset.draft;
const past = [];
let saved = true;

const fields = row => [...row.querySelectorAll("fieldset [name]")];
const state = row => ({ decision: row.dataset.decision, ...Object.fromEntries(fields(row).map(f => [f.name, f.value])) });
const visible = () => rows.filter(row => row.offsetParent !== null);
const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
const ends = new Map(rows.map(row => [row, JSON.parse(row.dataset.ends).filter(Boolean).map(plain)]));
const ADDED = ["type", "name", "kind", "subject", "predicate", "object", "period"];

// What is said about a rejected name needs no decision of its own: apply leaves it out.
function settle() {
  const refused = new Set(rows.filter(row => row.dataset.name && row.dataset.decision === "reject").map(row => plain(row.dataset.name)));
  for (const row of rows) {
    const settled = !row.dataset.decision && ends.get(row).some(name => refused.has(name));
    row.dataset.settled = settled ? "true" : "";
    row.querySelector(".settled").hidden = !settled;
  }
}

function restore(row, before) {
  row.dataset.decision = before.decision;
  for (const field of fields(row)) field.value = before[field.name] ?? "";
  paint(row);
}

function paint(row) {
  for (const button of row.querySelectorAll("[data-decide]"))
    button.setAttribute("aria-pressed", String(button.dataset.decide === row.dataset.decision));
  row.querySelector("fieldset").hidden = row.dataset.decision !== "edit";
}

function count() {
  settle();
  const asked = rows.filter(row => !row.dataset.offered || row.dataset.decision);
  const left = asked.filter(row => !row.dataset.decision && !row.dataset.settled).length;
  byId("left").textContent = byId("left").dataset.words.replace("{left}", left).replace("{all}", asked.length);
  byId("undo").disabled = past.length === 0;
}

// Unsaved decisions survive a closed tab where the browser allows a file to store them.
function keep() {
  saved = false;
  try { localStorage.setItem(key, JSON.stringify(rows.map(row => [row.dataset.id, state(row)]))); } catch { /* nothing can be kept */ }
}

function recall() {
  let kept = [];
  try { kept = JSON.parse(localStorage.getItem(key) ?? "[]"); } catch { /* nothing was kept */ }
  const held = new Map(kept);
  for (const row of rows) if (held.has(row.dataset.id)) restore(row, held.get(row.dataset.id));
}

function change(row, act) {
  past.push([row, state(row)]);
  act();
  paint(row);
  keep();
  count();
}

function go(row) {
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
}

function next(row, step) {
  const shown = visible().filter(other => other === row || !other.dataset.settled);
  const at = shown.indexOf(row);
  return shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + step))];
}

function decide(row, decision) {
  change(row, () => { row.dataset.decision = decision; });
  if (decision === "edit") fields(row)[0]?.focus();
  else go(next(row, 1));
}

function same(row, id) {
  change(row, () => {
    row.dataset.decision = "accept";
    row.querySelector("[name=same_as]").value = id;
  });
  go(next(row, 1));
}

function undo() {
  const last = past.pop();
  if (!last) return;
  restore(...last);
  last[0].hidden = false;
  keep();
  count();
  go(last[0]);
}

function filter() {
  const wanted = byId("filter").value;
  for (const row of rows)
    row.hidden = wanted !== "" && wanted !== (wanted === "undecided" ? (row.dataset.decision ? "" : "undecided") : row.dataset.type);
  byId("none").hidden = visible().length > 0;
}

// A spreadsheet would run such a cell as a formula; read_review removes the quote again.
const cell = text => '"' + (/^[=+\-@\t\r]/.test(text) ? "'" + text : text).replaceAll('"', '""') + '"';

// A fact that no rule found: words selected in a passage, or typed.
function add(type, words) {
  const row = byId("blank").content.firstElementChild.cloneNode(true);
  row.dataset.type = type;
  row.querySelector("small").textContent = document.querySelector(`#filter [value=${type}]`)?.textContent ?? type;
  for (const label of row.querySelectorAll("label"))
    if (!label.dataset.for.split(" ").includes(type)) label.remove();
  row.querySelector("[name=subject]").value = words;
  if (type === "period") row.querySelector("[name=object]").value = "";
  row.querySelector("[data-drop]").addEventListener("click", () => { row.remove(); keep(); });
  byId("added").append(row);
  keep();
  const field = row.querySelector(words ? "select, [name=period]" : "[name=subject]");
  field.scrollIntoView({ block: "center" });
  field.focus();
}

const chosen = () => String(getSelection()).replace(/\s+/g, " ").trim();

function additions() {
  return [...byId("added").querySelectorAll("article")].map(row => {
    const said = Object.fromEntries(fields(row).map(f => [f.name, f.value.trim()]));
    if (row.dataset.type === "node") { said.name = said.subject; said.subject = ""; }
    return { type: row.dataset.type, ...said };
  }).filter(said => said.name || said.subject);
}

function save() {
  const more = additions();
  const extra = more.length ? ADDED : [];
  const lines = [["id", "decision", ...COLUMNS, ...extra], ...rows.map(row => {
    const said = state(row);
    return [row.dataset.id, said.decision, ...COLUMNS.map(c => said[c] ?? ""), ...extra.map(() => "")];
  }), ...more.map(said => ["", "accept", ...COLUMNS.map(() => ""), ...ADDED.map(c => said[c] ?? "")])].map(line => line.map(cell).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  link.download = "review.csv";
  link.click();
  saved = true;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const row = document.activeElement.closest("article[data-id]");
  const writing = event.target.matches("input, select");
  if (writing && event.key !== "Enter" && event.key !== "Escape") return;
  if (writing && row === null) event.target.blur();
  else if (writing) go(event.key === "Enter" ? next(row, 1) : row);
  else if (event.key === "j") go(next(row, 1));
  else if (event.key === "k") go(next(row, -1));
  else if (event.key === "s") save();
  else if (event.key === "z") undo();
  else if (event.key === "n") add("node", chosen());
  else if (event.key === "t") add("tie", chosen());
  else if (event.key === "p") add("period", chosen() || row?.dataset.name || (row ? JSON.parse(row.dataset.ends)[0] : ""));
  else if (row && event.key in DECISIONS) decide(row, DECISIONS[event.key]);
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
document.addEventListener("click", event => {
  const button = event.target.closest("button");
  const row = button?.closest("article[data-id]");
  if (!row) return;
  if (button.dataset.same) same(row, button.dataset.same);
  else if (button.dataset.decide) decide(row, row.dataset.decision === button.dataset.decide ? "" : button.dataset.decide);
});
document.addEventListener("change", event => {
  if (event.target.id === "filter") filter();
  else if (event.target.closest("article")) { keep(); count(); }
});
byId("save").addEventListener("click", save);
byId("undo").addEventListener("click", undo);
addEventListener("beforeunload", event => { if (!saved) event.preventDefault(); });
recall();
count();
go(rows.find(row => !row.dataset.decision) ?? rows[0]);
