// On paper: the picture with its caption and legend in the light theme, once for each way that the
// sheet can lie, a list of names that found no room in it, then the table.

import { byId, el, isolated } from "./dom.js";
import { LANDSCAPE, PORTRAIT, sheetCanvas } from "./picture.js";
import { updateTable } from "./table.js";

/** @typedef {import("./app.js").App} App */

const ROWS = 1000;
// Names below the picture, in a line's height of so many pixels, as long as they leave it half the sheet.
const LINE = 16;
const COLUMNS = 3;
const MOST_OF_SHEET = 0.45;

/** @param {App} app */
export function listenToPrinting(app) {
  const root = document.documentElement;
  window.addEventListener("beforeprint", () => {
    root.dataset.theme = "light";
    if (app.view.nodes) byId("graph-pane").append(printed(app, PORTRAIT, "portrait"), printed(app, LANDSCAPE, "landscape"));
    updateTable(app, ROWS);
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = app.store.state.theme;
    for (const sheet of document.querySelectorAll(".printed")) sheet.remove();
    updateTable(app);
  });
}

/**
 * A sheet: the picture as high as the list of names below it allows.
 * @param {App} app
 * @param {import("./picture.js").Sheet} sheet
 * @param {string} way
 */
function printed(app, sheet, way) {
  let { canvas, numbered } = sheetCanvas(app, sheet);
  for (let lines = 0; ; ) {
    const needed = Math.ceil(numbered.length / COLUMNS);
    if (needed <= lines || needed * LINE > MOST_OF_SHEET * sheet.height) break;
    lines = needed;
    ({ canvas, numbered } = sheetCanvas(app, { ...sheet, height: sheet.height - (lines + 1) * LINE }));
  }
  const names = numbered.map((i) => el("li", {}, isolated(String(app.model.nodes.name?.[i] ?? ""))));
  return el("div", { class: `printed ${way}` }, canvas, names.length ? el("ol", {}, ...names) : null);
}
