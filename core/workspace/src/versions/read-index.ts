/** Versions in what indexes answer. Pure. */

/** Of a package in an index of a Debian archive (`Packages`), newest last as it is written there. */
export function versionsInPackages(text: string, name: string): readonly string[] {
  const versions: string[] = [];
  const mark = `Package: ${name}\n`;
  for (let at = text.startsWith(mark) ? 0 : text.indexOf(`\n${mark}`); at >= 0; at = text.indexOf(`\n${mark}`, at + 1)) {
    const start = text.startsWith(mark, at) ? at : at + 1;
    const end = text.indexOf("\n\n", start);
    const stanza = text.slice(start, end < 0 ? text.length : end);
    const version = /^Version: (\S+)$/m.exec(stanza)?.[1];
    if (version !== undefined) versions.push(version);
  }
  return versions;
}

/** Of releases as GitHub lists them, or of a plain list. Drafts do not count. Absent: it is neither. */
export function versionsInReleases(value: unknown): readonly string[] | undefined {
  const list: unknown = isRecord(value) ? (value.releases ?? value.versions) : value;
  if (!Array.isArray(list)) return undefined;
  const versions: string[] = [];
  for (const item of list as readonly unknown[]) {
    if (typeof item === "string") versions.push(item);
    else if (isRecord(item) && item.draft !== true) {
      const version = item.tag_name ?? item.version ?? item.name;
      if (typeof version === "string") versions.push(version);
    }
  }
  return versions;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
