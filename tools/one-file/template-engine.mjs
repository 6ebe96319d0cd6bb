/** Stands for the package `minijinja-js`, whose build for Node looks for its WebAssembly beside itself: here it is part of the program. */

import { readFileSync } from "node:fs";
import { Environment, initSync } from "../../node_modules/minijinja-js/dist/web/minijinja_js.js";
import binary from "../../node_modules/minijinja-js/dist/web/minijinja_js_bg.wasm" with { type: "file" };

initSync({ module: readFileSync(binary) });

export { Environment };
