/**
 * Bundles the command in three parts. Its start path holds the command table only, as one CommonJS file: Node is ready for that in a third of the
 * time that it needs for modules. Commands that do little, and that somebody waits for, are one such file each. Everything else are modules that
 * are loaded when they are used, with what they share split off. The service is one such file, too: it goes on as it is while a newer version is installed
 * over it. Libraries with code of the machine or WebAssembly stay outside, and those that ask for
 * Node's own modules as only CommonJS can.
 */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { directImports } from "./direct-imports.mjs";
import { lazyImports } from "./lazy-imports.mjs";
import { BUNDLED } from "./options.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const NATIVE = ["ssh2", "minijinja-js", "tar-stream"];
/** Loaded when somebody asks for what they give. */
const RARE = ["@opentelemetry/*", "@scalar/*"];
/** The start of the command is CommonJS, which has no `import.meta`. */
const OWN_URL = 'const ownUrl = require("node:url").pathToFileURL(__filename).href;';

/** What has to be there at once, and needs nothing but the table of commands. */
const LIGHT =
  /cli\/dist\/(help\/write-help|commands\/machine\/version|commands\/utilities\/(quick-reference|listings|explain|guide|completion-script))\.js$/;

/**
 * Commands that are one file each, and what of ours they load while they run. An action that such a command asks for has to be here: its errors
 * are told by their class, and each file has classes of its own.
 */
const QUICK = [
  {
    command: /cli\/dist\/commands\/workspace\/workspaces\.js$/,
    within: /(actions\/dist\/workspace\/(create|current|forget|list|switch)|workspace\/dist\/registry-document)\.js$/,
  },
  {
    command: /cli\/dist\/commands\/taskserv\/list\.js$/,
    within: /(actions\/dist\/catalog\/list|workspace\/dist\/registry-document|smol-toml\/dist\/index)\.js$/,
  },
  {
    command: /cli\/dist\/commands\/config\/read\.js$/,
    within:
      /(actions\/dist\/config\/[a-z]+|config\/dist\/formats\/[a-z]+|workspace\/dist\/(registry-document|evaluate-config)|smol-toml\/dist\/index)\.js$/,
  },
  { command: /cli\/dist\/commands\/kcl\/run\.js$/, within: /actions\/dist\/kcl\/run\.js$/ },
];
/** One of each. */
const WARM = [
  ["workspace", "list"],
  ["taskserv", "list", "--all"],
  ["config", "get", "servers.default_plan"],
  ["kcl", "run", "a.k"],
  ["--help"],
];
const LOOK_MS = 20;
const isQuick = (path) => QUICK.some(({ command }) => command.test(path));

await inPlaceOf("core/cli/bundle", async (outdir) => {
  const lazy = lazyImports();
  const single = (entryPoints, within, eager) =>
    bundle({
      entryPoints,
      outdir,
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      banner: { js: OWN_URL },
      define: { "import.meta.url": "ownUrl" },
      external: NATIVE,
      plugins: [lazy.plugin({ within, isQuick })],
      eager,
    });
  await single({ provisioning: join(root, "core/cli/dist/bin/provisioning.js") }, LIGHT);
  for (const [name, path] of lazy.quickEntries()) {
    const { within } = QUICK.find(({ command }) => command.test(path));
    await single({ [name]: path }, within, within);
  }
  const scripts = (await readdir(outdir)).filter((name) => name.endsWith(".cjs"));
  await Promise.all(scripts.map((name) => withLoader(join(outdir, name))));
  await bundle({
    entryPoints: Object.fromEntries(lazy.entries()),
    outdir,
    format: "esm",
    external: [...NATIVE, ...RARE],
    splitting: true,
  });
  await writeFile(join(outdir, "package.json"), '{ "type": "module" }\n');
  await writeCode(join(outdir, "provisioning.cjs"));
});
await inPlaceOf("platform/orchestrator/bundle", async (outdir) => {
  await bundle({
    entryPoints: [join(root, "platform/orchestrator/dist/main.js")],
    outdir,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    external: [...NATIVE, ...RARE],
    banner: { js: OWN_URL },
    define: { "import.meta.url": "ownUrl" },
  });
  await withLoader(join(outdir, "main.cjs"));
  await writeServiceCode(join(outdir, "main.cjs"));
});

/** What V8 makes of the scripts while they do what they are for. The start script is loaded by each of these; the last one shows the most of it. */
async function writeCode(start) {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-code-"));
  const env = { ...process.env, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder };
  try {
    await writeFile(join(folder, "a.k"), "a = 1\n");
    for (const words of WARM) {
      await promisify(execFile)(process.execPath, [join(root, "tools/bundle/code.cjs"), start, ...words], { cwd: folder, env });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same of the service: it starts in a workspace of its own, answers once, and is told to end. */
async function writeServiceCode(script) {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-code-"));
  const env = { ...process.env, NODE_OPTIONS: "", XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder };
  const workspace = join(folder, "workspace");
  const cli = join(root, "core/cli/provisioning");
  try {
    await promisify(execFile)(process.execPath, [cli, "workspace", "init", "workspace"], { cwd: folder, env });
    const words = ["--workspace", workspace, "--port", "0", "--provisioning-path", root, "--log-level", "warn"];
    const { nodeFlags } = await import("../../core/cli/dist/commands/orchestrator/node-flags.js");
    const code = join(root, "tools/bundle/code.cjs");
    const service = spawn(process.execPath, [...nodeFlags({}, availableParallelism()), code, script, ...words], {
      env,
      stdio: "inherit",
    });
    const ended = once(service, "exit");
    const file = join(workspace, "runtime/orchestrator/service.json");
    const isReady = async () => (await fetch(`${JSON.parse(await readFile(file, "utf8")).url}/health`)).ok;
    while (service.exitCode === null && !(await isReady().catch(() => false))) await setTimeout(LOOK_MS);
    service.kill("SIGTERM");
    const [status] = await ended;
    if (status !== 0) throw new Error(`The service did not start to have its code stored: it ended with ${status}.`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * To import CommonJS takes Node longer than to require it: it looks for the names of what is exported first. And scripts whose code was stored
 * cannot import by themselves in Node 20: their loader does it for them (core/cli/launcher).
 */
async function withLoader(file) {
  const text = await readFile(file, "utf8");
  const required = text.replaceAll(/\bimport\(("\.\/[^"]+\.cjs")\)/g, "Promise.resolve().then(()=>require($1))");
  await writeFile(file, required.replaceAll(/\bimport\((?=["\w(])/g, "importModule("));
}

function bundle({ plugins = [], eager, ...options }) {
  return build({
    ...BUNDLED,
    // The build for Node consists of many CommonJS files, which take five times as long to load.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    ...options,
    plugins: [...plugins, directImports(join(root, "core"), eager)],
  });
}

/** A process that starts meanwhile finds the old bundle or the new one, but for the moment between two renames. */
async function inPlaceOf(folder, make) {
  const target = join(root, folder);
  const outdir = `${target}.${process.pid}`;
  try {
    await make(outdir);
  } catch (error) {
    await rm(outdir, { recursive: true, force: true });
    throw error;
  }
  const old = `${target}.old.${process.pid}`;
  await rename(target, old).catch(() => undefined);
  await rename(outdir, target);
  await rm(old, { recursive: true, force: true });
}
