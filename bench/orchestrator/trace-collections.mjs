/** Has the service tell of each small collection in its log. */

import { setFlagsFromString } from "node:v8";

if (process.argv.includes("--platform-version")) setFlagsFromString("--trace-gc-nvp");
