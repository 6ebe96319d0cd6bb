/**
 * One body for everything of a kind: look, make it when it is not there, bring what differs in line, look again.
 *
 * What is ours is known by its labels (workspace, infra, kind and name), never by what was recorded. "Exists already" and "is gone already" are
 * answers that have to be expected: two calls may be under way at once, and any call may be repeated after a crash.
 */

/** An error as the platform shows it: with a code, a hint, and whether trying again can help. */
function failure(code, message, hint) {
  const mark = { [Symbol.for("provisioning.error")]: true };
  return Object.assign(new Error(message), mark, { code, hint, retry: "never", details: {} });
}

/**
 * `fields`: of the spec, in the order in which they are shown; `replacing`: those that cannot be changed in place; `defaults`: what not saying
 * one means. A field without a default that is not said is left as it is.
 */
export function resourceHandler(cloud, { kind, fields, replacing, defaults = {} }) {
  const find = async (name, { workspace, infra }) => {
    const found = await cloud.find(kind, `${workspace}-${infra}-${name}`);
    if (found === undefined) return { status: "absent" };
    const isOurs = found.owner?.workspace === workspace && found.owner.infra === infra;
    return isOurs ? { status: "present", found } : { status: "foreign", detail: `${found.id} has no label of ours` };
  };
  const refuse = (name, detail) =>
    failure(
      "RESOURCE_FOREIGN",
      `A ${kind} named ${name} exists already and was not made by this workspace: ${detail}`,
      `Give the ${kind} another name.`,
    );
  const diff = (desired, observed) => {
    const differing = fields
      .map((path) => ({ path, before: observed[path] ?? defaults[path], after: desired[path] ?? defaults[path] }))
      .filter(({ before, after }) => after !== undefined && !isSame(after, before))
      .map(({ path, before, after }) => ({
        path,
        ...(before === undefined ? {} : { before }),
        after,
        ...(replacing.includes(path) ? { forcesReplacement: true } : {}),
      }));
    return { fields: differing, replace: differing.some((field) => field.forcesReplacement === true) };
  };
  const remove = async ({ name }, context) => {
    const { workspace, infra } = context;
    const seen = await find(name, context);
    if (seen.status === "foreign") throw refuse(name, seen.detail);
    await cloud.remove(kind, `${workspace}-${infra}-${name}`);
  };
  return {
    async read({ name }, context) {
      const seen = await find(name, context);
      return seen.status === "present" ? { status: "present", attributes: attributesOf(kind, seen.found) } : seen;
    },
    diff,
    async reconcile(desired, context) {
      const { workspace, infra, signal } = context;
      signal.throwIfAborted();
      const before = await find(desired.name, context);
      if (before.status === "foreign") throw refuse(desired.name, before.detail);
      if (before.status === "present" && diff(desired, attributesOf(kind, before.found)).replace) await remove(desired, context);
      const wanted = Object.fromEntries(
        fields.filter((path) => desired[path] !== undefined).map((path) => [path, desired[path]]),
      );
      const made = await cloud.ensure(kind, `${workspace}-${infra}-${desired.name}`, { ...wanted, owner: { workspace, infra } });
      return attributesOf(kind, made);
    },
    delete: remove,
  };
}

function attributesOf(kind, found) {
  const { hostKey, address, ...rest } = found;
  delete rest.owner;
  if (kind !== "server") return rest;
  return { ...rest, addresses: { ssh: { host: address, port: 22 } }, hostKeys: [hostKey], user: "root" };
}

function isSame(left, right) {
  const sorted = (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}
