/** Marks that let the log of a pipeline fold what belongs together. */

export interface Folding {
  open(id: string, title: string, now: number): string;
  close(id: string, now: number): string;
}

/** Absent where the pipeline's log knows no such marks. */
export function foldingOf(env: Readonly<Record<string, string | undefined>>): Folding | undefined {
  if (env.GITHUB_ACTIONS === "true") return { open: (_, title) => `::group::${title}\n`, close: () => "::endgroup::\n" };
  if (env.GITLAB_CI !== undefined) {
    const seconds = (now: number) => Math.floor(now / 1000);
    return {
      open: (id, title, now) => `\u001b[0Ksection_start:${seconds(now)}:${name(id)}\r\u001b[0K${title}\n`,
      close: (id, now) => `\u001b[0Ksection_end:${seconds(now)}:${name(id)}\r\u001b[0K\n`,
    };
  }
  return undefined;
}

function name(id: string): string {
  return id.replaceAll(/[^a-z0-9]+/gi, "_");
}
