/**
 * How long it takes to resolve every key through all layers with its provenance, in a fresh process (modules are loaded, files are read) and
 * once more in the same one; beside parsing the same files with the same parsers and nothing else. Both are bundled as the command is.
 * `node bench/config/resolve.mjs`
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { median, ms, ratio, timed } from "../measure/measure.mjs";

const ROUNDS = 15;
const WARM_ROUNDS = 200;
const root = fileURLToPath(new URL("../../", import.meta.url));
const defaultsFile = join(root, "config", "config.defaults.toml");

function writeLayers(folder) {
  mkdirSync(join(folder, "config"), { recursive: true });
  mkdirSync(join(folder, "infra", "shop"), { recursive: true });
  const files = {
    "user_config.yaml":
      "config:\n  servers:\n    default_plan: medium\n  run:\n    keep: 500\n    retry:\n      max_attempts: 5\n",
    "config/provisioning.yaml":
      "servers:\n  default_plan: large\nstorage:\n  data_dir: '{{paths.base}}/store'\nrun:\n  priority: 3\n",
    "infra/shop/config.toml": '[run]\nparallel_limit = 4\n\n[run.retry]\nbackoff = "linear"\n',
    "config/prod-defaults.toml": '[servers]\ndefault_plan = "xlarge"\n\n[run]\nkeep_days = 30\non_failure = "rollback"\n',
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}

/** As `tools/bundle` does it. */
function bundle(folder) {
  return build({
    entryPoints: {
      config: join(root, "core/config/dist/index.js"),
      yaml: join(root, "node_modules/yaml/browser/index.js"),
      "smol-toml": join(root, "node_modules/smol-toml/dist/index.js"),
    },
    outdir: join(folder, "bundle"),
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    minifySyntax: true,
    minifyWhitespace: true,
    external: ["minijinja-js"],
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
  });
}

function sources(folder) {
  const place = (name, path, ending, section) => ({ name, base: join(folder, path), ending, ...(section && { section }) });
  return {
    defaultsFile,
    files: [
      place("user", "user_config", ".yaml", "config"),
      place("workspace", "config/provisioning", ".yaml"),
      place("infra", "infra/shop/config", ".toml"),
    ],
    environments: { placeOf: (name) => place("environment", `config/${name}-defaults`, ".toml"), list: async () => ["prod"] },
    chosenEnvironment: "prod",
    environment: { PROVISIONING_RUN_PRIORITY: "7" },
    flags: { "local.image": "x" },
    facts: { "paths.base": "/opt/provisioning" },
  };
}

/** Every key with its value and where that came from. */
async function resolveAll(config, folder) {
  const resolved = await config.loadConfig(sources(folder));
  return config.CONFIG_KEY_NAMES.map((key) => [resolved.get(key), resolved.provenance(key)]);
}

async function resolving(folder) {
  const load = await timed(async () => (globalThis.config = await import(join(folder, "bundle", "config.js"))));
  const { config } = globalThis;
  const first = await timed(() => resolveAll(config, folder));
  const warm = [];
  for (let round = 0; round < WARM_ROUNDS; round += 1) warm.push(await timed(() => resolveAll(config, folder)));
  return { load, first, warm: median(warm), keys: config.CONFIG_KEY_NAMES.length };
}

async function parsing(folder) {
  const read = (path) => readFileSync(join(folder, path), "utf8");
  const parseAll = async () => {
    const [{ parse }, { parseDocument }] = [
      await import(join(folder, "bundle", "smol-toml.js")),
      await import(join(folder, "bundle", "yaml.js")),
    ];
    parseDocument(read("user_config.yaml")).toJS();
    parseDocument(read("config/provisioning.yaml")).toJS();
    parse(read("infra/shop/config.toml"));
    parse(read("config/prod-defaults.toml"));
    parse(readFileSync(defaultsFile, "utf8"));
  };
  const first = await timed(parseAll);
  const warm = [];
  for (let round = 0; round < WARM_ROUNDS; round += 1) warm.push(await timed(parseAll));
  return { load: 0, first, warm: median(warm), keys: 0 };
}

const [, self, side, folder] = process.argv;
if (side !== undefined) {
  console.log(JSON.stringify(await (side === "resolve" ? resolving : parsing)(folder)));
} else {
  const made = mkdtempSync(join(tmpdir(), "bench-config-"));
  writeLayers(made);
  writeFileSync(join(made, "package.json"), '{ "type": "module" }');
  await bundle(made);
  const samples = { resolve: [], parse: [] };
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of ["resolve", "parse"]) {
      const { stdout, status, stderr } = spawnSync(process.execPath, [self, name, made], { env, encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      if (round >= 0) samples[name].push(JSON.parse(stdout));
    }
  }
  rmSync(made, { recursive: true });
  const of = (name, field) => median(samples[name].map((sample) => sample[field]));
  console.log(`${of("resolve", "keys")} keys, 7 layers: 5 files, variables, flags`);
  console.log(`load the package            ${ms(of("resolve", "load"))}`);
  console.log(
    `first time in a process     ${ms(of("resolve", "first"))}  parsing alone ${ms(of("parse", "first"))}  ${ratio(of("resolve", "first"), of("parse", "first"))}`,
  );
  console.log(
    `again in the same process   ${ms(of("resolve", "warm"))}  parsing alone ${ms(of("parse", "warm"))}  ${ratio(of("resolve", "warm"), of("parse", "warm"))}`,
  );
}
