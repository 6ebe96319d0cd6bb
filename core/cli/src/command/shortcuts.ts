/** Every shortcut: other words for a command, shorter than its name. */

import type { Command, Domain, Group } from "./command.js";

export interface Shortcut {
  /** What can be typed after `provisioning`. */
  readonly shortcut: string;
  /** The same in full. */
  readonly command: string;
  readonly brief: string;
  readonly domain: string;
}

export function shortcuts(domains: readonly Domain[]): readonly Shortcut[] {
  return domains.flatMap((domain) =>
    domain.entries.flatMap((entry) =>
      (entry.kind === "group" ? ofGroup(entry) : ofCommand(entry)).map((found) => ({ ...found, domain: domain.name })),
    ),
  );
}

type Found = Omit<Shortcut, "domain">;

function ofCommand({ name, aliases, brief }: Command): Found[] {
  return aliases.map((shortcut) => ({ shortcut, command: name, brief }));
}

/** The words of its commands are told behind the shortest name of the group. */
function ofGroup({ name, aliases, brief, commands }: Group): Found[] {
  const [short = name] = [...aliases].sort((left, right) => left.length - right.length);
  return [
    ...aliases.map((shortcut) => ({ shortcut, command: name, brief })),
    ...commands.flatMap((command) => {
      const full = { command: `${name} ${command.name}`, brief: command.brief };
      return [
        ...command.shortcuts.map((shortcut) => ({ shortcut, ...full })),
        ...command.aliases.map((alias) => ({ shortcut: `${short} ${alias}`, ...full })),
      ];
    }),
  ];
}
