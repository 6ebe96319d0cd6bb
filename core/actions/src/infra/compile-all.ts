/** Compiles every taskserv of an infra: what cannot become steps is refused before anything is touched, all of it at once. */

import {
  type Address,
  type Diagnostic,
  DiagnosticsError,
  ProvisioningError,
  serverAddress,
  serverName,
  taskservAddress,
  type TaskservName,
  type UnknownValue,
} from "@provisioning/model";
import type { DesiredServer } from "../desired/desired.js";
import { serversNamed } from "../servers/placeholder-address.js";
import { addressesKnown, type Anew } from "../servers/taskserv-input.js";
import { sectionFor } from "../servers/section.js";
import { type InfraSession, withSource } from "../session.js";

export type UsesByPlacement = ReadonlyMap<Address, readonly TaskservName[]>;

/** What is known of each placement once it is compiled. */
export interface CompiledInfra {
  readonly uses: UsesByPlacement;
  /** What it is made from that is not known yet: addresses of servers that do not exist, or will be made anew. */
  readonly unknown: ReadonlyMap<Address, readonly UnknownValue[]>;
}

/** `anew`: servers that will be created or replaced. @throws DiagnosticsError */
export async function compileAll(session: InfraSession, anew?: Anew): Promise<CompiledInfra> {
  const uses = new Map<Address, readonly TaskservName[]>();
  const unknown = new Map<Address, readonly UnknownValue[]>();
  const servers = addressesKnown(session, anew);
  const diagnostics: Diagnostic[] = [];
  const compile = async (server: DesiredServer, taskserv: TaskservName): Promise<void> => {
    const address = taskservAddress(server.name, taskserv);
    try {
      const section = await sectionFor(session, server, taskserv, { purpose: "plan", ...(anew && { anew }) });
      uses.set(address, section.uses);
      const named = serversNamed(JSON.stringify([section.steps, section.health]), servers);
      unknown.set(
        address,
        named.map((name) => ({ attribute: "address", knownAfter: serverAddress(serverName(name)) })),
      );
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      diagnostics.push(...findingsOf(session, address, error));
    }
  };
  await Promise.all(session.desired.servers.flatMap((server) => server.taskservs.map((taskserv) => compile(server, taskserv))));
  if (diagnostics.length > 0) throw new DiagnosticsError(await withSource(diagnostics, session.workspace.layout.root));
  return { uses, unknown };
}

/** A finding in an extension's own files is shown where the user asked for the extension. */
function findingsOf(session: InfraSession, address: Address, error: ProvisioningError): Diagnostic[] {
  const placement = session.desired.placements.get(address);
  const position = placement?.position;
  const found: readonly Diagnostic[] =
    error instanceof DiagnosticsError
      ? error.diagnostics
      : [
          {
            severity: "error",
            code: error.code,
            summary: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          },
        ];
  return found.map(({ severity, code, summary, detail, hint, position: inside }) => {
    const details = [detail, inside === undefined ? undefined : `It was found at ${inside.file}:${inside.line}.`];
    const text = details.filter((part) => part !== undefined).join(" ");
    return {
      severity,
      code,
      summary: `${address}: ${summary}`,
      ...(text === "" ? {} : { detail: text }),
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position }),
    };
  });
}
