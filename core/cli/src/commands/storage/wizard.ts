/** Asks on the terminal from where to where a storage is to be moved. */

import type { StorageSide } from "@provisioning/actions";
import { STORAGE_TYPES } from "@provisioning/config";
import type { CliContext } from "../../cli-context.js";
import { askText, confirmYes } from "../../confirm.js";

export interface Wish {
  readonly from: StorageSide;
  readonly to: StorageSide;
  readonly switch: boolean;
}

type StorageName = (typeof STORAGE_TYPES)[number];
type Question = readonly [option: Exclude<keyof StorageSide, "type">, question: string];

const FOLDER: Question = ["dataDir", "Folder"];
const PACKAGES: Question = ["packagesDir", "Folder with the packages of SurrealDB"];
const USER: readonly Question[] = [
  ["username", "User"],
  ["passwordFile", "File with the password"],
];
const SURREALDB: readonly Question[] = [["url", "Url"], ["namespace", "Namespace"], ["database", "Database"], ...USER, PACKAGES];

const QUESTIONS: Readonly<Record<StorageName, readonly Question[]>> = {
  filesystem: [FOLDER],
  file: [FOLDER],
  rkvs: [FOLDER],
  memory: [],
  "surrealdb-embedded": [FOLDER, PACKAGES],
  "surrealdb-server": SURREALDB,
  postgres: [["url", "Url (postgres://host/database)"], ["schema", "Schema"], ...USER],
};

/** `configured`: what is used now. @throws ConfirmationNeededError without a terminal */
export async function askForMove(cli: CliContext, configured: StorageName): Promise<Wish> {
  cli.process.stderr.write("An empty answer leaves what the configuration says.\n");
  const from = await askForSide(cli, "from", configured);
  const to = await askForSide(cli, "to", "");
  return { from, to, switch: await confirmYes(cli, "Shall the workspace use the new storage afterwards?") };
}

async function askForSide(cli: CliContext, side: "from" | "to", fallback: string): Promise<StorageSide> {
  const type = await askForType(cli, `Move ${side} (${STORAGE_TYPES.join(", ")})`, fallback);
  const answers: Partial<Record<keyof StorageSide, string>> = {};
  for (const [option, question] of QUESTIONS[type]) {
    const answer = await askText(cli, `  ${question}`, "");
    if (answer !== "") answers[option] = answer;
  }
  return { ...answers, type };
}

/** Asked again until the answer is a type. */
async function askForType(cli: CliContext, question: string, fallback: string): Promise<StorageName> {
  for (;;) {
    const answer = await askText(cli, question, fallback);
    const type = STORAGE_TYPES.find((name) => name === answer);
    if (type !== undefined) return type;
  }
}
