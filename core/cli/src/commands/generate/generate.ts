/** `generate <kind> <name>`. */

import { type InputOf, invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderGenerated } from "../../views/generated.js";
import type { GenerateFlags } from "../generate.js";

type Input = InputOf<"generate.write">;

function generate(kind: Input["kind"]) {
  return async function (this: CliContext, flags: GenerateFlags, name: string): Promise<void> {
    await runAction(this, flags, async (context) => {
      const made = await invoke("generate.write", context, {
        kind,
        name,
        ...(flags.dir === undefined ? {} : { dir: flags.dir }),
        ...(flags.check === undefined ? {} : { check: flags.check }),
        ...(flags.category === undefined ? {} : { category: flags.category as NonNullable<Input["category"]> }),
        ...(flags.infra === undefined ? {} : { infra: flags.infra }),
      });
      const style = styleFor(this.process.stdout, this.process.env);
      await writeResult(this, flags.output, made, () => renderGenerated(made, style));
      return EXIT.ok;
    });
  };
}

export const generateWorkspace = generate("workspace");
export const generateInfra = generate("infra");
export const generateCluster = generate("cluster");
export const generateTaskserv = generate("taskserv");
export const generateProvider = generate("provider");
export const generateWorkflow = generate("workflow");
