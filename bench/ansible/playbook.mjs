/** The steps of our taskservs as an Ansible playbook: the same packages, files, services and commands, task by task. */

const octal = (mode) => `${mode}`;
const words = (command) =>
  typeof command === "string" ? command : command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");

/** Guards in shell form: run only when `only_if` holds and `unless` does not. */
function guarded(step, run) {
  const lines = [];
  if (step.only_if !== undefined) lines.push(`( ${words(step.only_if)}\n) >/dev/null 2>&1 || exit 0`);
  if (step.unless !== undefined) lines.push(`( ${words(step.unless)}\n) >/dev/null 2>&1 && exit 0`);
  return [...lines, run].join("\n");
}

function file(step, content) {
  if (step.state === "absent") return { file: { path: step.path, state: "absent" } };
  return {
    copy: {
      dest: step.path,
      content,
      mode: octal(step.mode ?? "0644"),
      owner: step.owner ?? "root",
      group: step.group ?? "root",
    },
  };
}

const MODULES = {
  package: (step) => ({
    apt: { name: step.names, state: step.state === "absent" ? "absent" : "present", install_recommends: false },
  }),
  file: (step) => file(step, step.content ?? ""),
  template: (step) => file(step, step.content ?? ""),
  directory: (step) => ({
    file: {
      path: step.path,
      state: step.state === "absent" ? "absent" : "directory",
      mode: octal(step.mode ?? "0755"),
      owner: step.owner ?? "root",
      group: step.group ?? "root",
    },
  }),
  link: (step) => ({
    file: {
      path: step.path,
      state: step.state === "absent" ? "absent" : "link",
      ...(step.target ? { src: step.target, force: true } : {}),
    },
  }),
  user: (step) => ({ user: { name: step.name, state: step.state ?? "present" } }),
  group: (step) => ({ group: { name: step.name, state: step.state ?? "present" } }),
  systemd_unit: (step) => ({
    copy: {
      dest: step.dropin
        ? `/etc/systemd/system/${step.name}.service.d/${step.dropin}.conf`
        : `/etc/systemd/system/${step.name}.service`,
      content: step.content,
    },
  }),
  service: (step) => ({
    systemd: {
      name: step.name,
      daemon_reload: true,
      ...(step.enabled === undefined ? {} : { enabled: step.enabled }),
      state: step.state ?? "started",
    },
  }),
  command: (step) => ({
    shell: guarded(step, words(step.command)),
    args: step.creates ? { creates: step.creates } : {},
    changed_when: false,
  }),
  script: (step) => ({
    shell: guarded(step, step.script),
    args: step.creates ? { creates: step.creates } : {},
    changed_when: false,
  }),
  host_entry: (step) => ({
    lineinfile: { path: "/etc/hosts", line: `${step.address} ${step.names.join(" ")}`, unsafe_writes: true },
  }),
  wait_for: (step) => ({ wait_for: { port: step.port, timeout: step.timeout_seconds ?? 60 } }),
};

/** Tasks in order; a step kind without a counterpart is named, so that nothing is left out silently. */
export function tasksOf(sections) {
  const tasks = [];
  for (const { taskserv, steps } of sections) {
    for (const step of steps) {
      const module = MODULES[step.kind];
      if (module === undefined) throw new Error(`no Ansible counterpart for the step kind ${step.kind}`);
      if (step.kind === "systemd_unit" && step.dropin) {
        tasks.push({
          name: `${taskserv}: ${step.id} folder`,
          file: { path: `/etc/systemd/system/${step.name}.service.d`, state: "directory" },
        });
      }
      if (step.make_parents)
        tasks.push({
          name: `${taskserv}: ${step.id} folder`,
          file: { path: step.path.replace(/\/[^/]*$/, ""), state: "directory" },
        });
      const asUser = step.kind === "command" || step.kind === "script" ? (step.user ?? "root") : "root";
      const user =
        asUser === "root" ? {} : { become: true, become_method: "su", become_user: asUser, environment: step.environment ?? {} };
      tasks.push({ name: `${taskserv}: ${step.id}`, ...module(step), ...user });
    }
  }
  return tasks;
}
