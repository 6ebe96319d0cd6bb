/** `npm run build`: dependencies if they are missing, then types, packages and the bundled command. */

import { prepare } from "./prepare.mjs";
import { main } from "./report.mjs";

await main(prepare);
