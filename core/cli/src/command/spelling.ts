/** How names of flags are spelled: `dryRun` in code, `dry-run` on the command line. */

export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
