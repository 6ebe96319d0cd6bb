/** An archive of a release, unpacked. */

import { account, choice, flag, integer, list, optional, path, sha256, text, url, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call } from "../managed-file.js";

export const archiveKind = defineKind({
  kind: "archive",
  schema: "Archive",
  doc: "An archive from the network or from the server, checked by its checksum and unpacked into a folder.",
  fields: {
    url: optional(url("Where from.")),
    mirrors: withDefault(list(url("A URL."), "Other places of the same archive, tried in order."), []),
    source: optional(path("An archive on the server, instead of url.")),
    sha256: optional(sha256("SHA-256 of the archive, 64 hexadecimal digits.")),
    path: path("The folder to unpack into; made when missing."),
    creates: optional(path("A path the archive brings: unpacked again when it is missing.")),
    strip_components: withDefault(integer("Leading folders to leave out.", 0, 10), 0),
    members: withDefault(
      list(
        text("A path in the archive.", {
          pattern: /^(?!\/)(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./+@-]*$/,
          mustBe: "a relative path",
        }),
        "Only these; all when empty.",
      ),
      [],
    ),
    format: withDefault(
      choice("Told from the name when auto.", ["auto", "tar.gz", "tar.xz", "tar.bz2", "tar.zst", "tar", "zip"]),
      "auto",
    ),
    owner: withDefault(account("User of what is unpacked."), "root"),
    group: withDefault(account("Group of what is unpacked."), "root"),
    timeout_seconds: withDefault(integer("For one try to fetch it.", 1, 86_400), 900),
    remove_path: withDefault(flag("With absent: remove the whole folder `path`, not only `creates`."), false),
    state: withDefault(choice("Absent removes creates, or the whole folder with remove_path.", ["present", "absent"]), "present"),
  },
  check(step) {
    if (step.state === "absent") {
      return step.creates === undefined && !step.remove_path
        ? [{ field: "creates", detail: "or remove_path is needed to know what to remove." }]
        : [];
    }
    return [
      ...((step.url === undefined) === (step.source === undefined)
        ? [{ field: "url", detail: "or source must be given, one of them." }]
        : []),
      ...(step.sha256 === undefined
        ? [{ field: "sha256", detail: "is missing: without it nobody knows what is unpacked." }]
        : []),
    ];
  },
  compile(step, context) {
    const marker = `${context.taskserv}/${step.id}`;
    const present = step.creates ?? step.path;
    const sources = ["files", "download", "archive"];
    if (step.state === "absent") {
      const victim = step.remove_path ? step.path : present;
      return {
        look: call("absent_look", victim),
        change: `${call("archive_forget", marker)}\n${call("rm -rf --one-file-system --", victim)}`,
        diff: call("absent_diff", victim),
        bulk: { paths: [victim] },
        sources,
      };
    }
    const identity = [step.sha256, step.path, step.strip_components, step.members.join(":"), step.owner, step.group].join(" ");
    const format = step.format === "auto" ? formatOf(step.url ?? step.source ?? "") : step.format;
    return {
      look: call("archive_look", marker, identity, present),
      change: [
        `members=${call("", step.members.join("\n")).trim()}`,
        call(
          "archive_change",
          step.path,
          step.sha256 ?? "",
          format,
          step.strip_components,
          step.owner,
          step.group,
          step.source ?? "",
          step.timeout_seconds,
          step.url ?? "",
          ...step.mirrors,
        ),
        call("archive_remember", marker, identity),
      ].join("\n"),
      diff: call("echo", `unpack ${step.url ?? step.source} into ${step.path}`),
      sources,
    };
  },
  title: (step) => (step.state === "absent" ? `Remove ${step.path}` : `Unpack ${step.url ?? step.source} into ${step.path}`),
  undo: (step) =>
    step.state === "absent" || step.creates === undefined
      ? undefined
      : { kind: "archive", id: step.id, path: step.path, creates: step.creates, state: "absent" },
});

function formatOf(name: string): string {
  const bare = name.replace(/[?#].*$/, "");
  if (/\.(?:tar\.gz|tgz)$/.test(bare)) return "tar.gz";
  if (/\.(?:tar\.xz|txz)$/.test(bare)) return "tar.xz";
  if (/\.(?:tar\.bz2|tbz2?)$/.test(bare)) return "tar.bz2";
  if (/\.(?:tar\.zst|tzst)$/.test(bare)) return "tar.zst";
  return bare.endsWith(".zip") ? "zip" : "tar";
}
