/** `npm run check`: everything that can be said about the code without running it. */

import { runChecks } from "./checks.mjs";
import { prepare } from "./prepare.mjs";
import { main } from "./report.mjs";

await main(async () => {
  await prepare();
  return (await runChecks()) === 0 ? 0 : 1;
});
