// On paper: the picture with its legend in the light theme, a list of names that found no room in it,
// then the table.

import { byId, el, isolated } from "./dom.js";
import { PAPER, sheetCanvas } from "./picture.js";
import { updateTable } from "./table.js";

/** @typedef {import("./app.js").App} App */

const ROWS = 1000;

/** @param {App} app */
export function listenToPrinting(app) {
  const root = document.documentElement;
  window.addEventListener("beforeprint", () => {
    root.dataset.theme = "light";
    if (app.view.nodes) byId("graph-pane").append(printed(app));
    updateTable(app, ROWS);
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = app.store.state.theme;
    document.querySelector(".printed")?.remove();
    updateTable(app);
  });
}

/** @param {App} app */
function printed(app) {
  const { canvas, numbered } = sheetCanvas(app, PAPER);
  const names = numbered.map((i) => el("li", {}, isolated(String(app.model.nodes.name?.[i] ?? ""))));
  return el("div", { class: "printed" }, canvas, names.length ? el("ol", {}, ...names) : null);
}
