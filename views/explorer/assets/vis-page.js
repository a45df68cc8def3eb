// The page with the classic renderer.

import { run } from "./main.js";
import { VisRenderer } from "./vis.js";

run((model) => new VisRenderer(model));
