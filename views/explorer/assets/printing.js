// Paper has no tabs and no dark side: the picture with its legend, then the table, as they are shown.

import { byId } from "./dom.js";
import { PAPER, sheetCanvas } from "./picture.js";
import { updateTable } from "./table.js";

/** @typedef {import("./app.js").App} App */

const ROWS = 1000;

/** @param {App} app */
export function listenToPrinting(app) {
  const root = document.documentElement;
  window.addEventListener("beforeprint", () => {
    root.dataset.theme = "light";
    if (app.view.nodes) byId("graph-pane").append(sheetCanvas(app, PAPER));
    updateTable(app, ROWS);
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = app.store.state.theme;
    document.querySelector(".printed")?.remove();
    updateTable(app);
  });
}
