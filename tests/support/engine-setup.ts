/** Before the tests in containers: a container engine and the base image, made when they are missing. */

import { prepareLocal } from "@provisioning/provider-local";

export default async function setup(): Promise<void> {
  try {
    await prepareLocal((line) => process.stderr.write(`  ${line}\n`));
  } catch (error) {
    // Where it is impossible the tests skip with this reason; in CI that is a failure.
    if (process.env.CI) throw error;
    process.env.PROVISIONING_NO_CONTAINERS = error instanceof Error ? error.message : String(error);
  }
}
