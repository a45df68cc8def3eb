// The page with its own renderer.

import { CanvasRenderer } from "./canvas.js";
import { run } from "./main.js";

run((model) => new CanvasRenderer(model));
