/** What makes an error happen, for those that a person is likely to meet and that need no server. */

export interface ErrorExample {
  readonly code: string;
  /** Behind `provisioning`. */
  readonly words: string;
  /** Files of the workspace, as text or from the infra's `main.k`. */
  readonly change?: Readonly<Record<string, string | ((main: string) => string)>>;
}

const main = (from: string, to: string) => ({ "infra/shop/main.k": (text: string) => text.replace(from, to) });
const config = (text: string) => ({ "config/provisioning.yaml": text });

const plan = "plan --infra shop";
const validate = "config validate --infra shop";

export const ERROR_EXAMPLES: readonly ErrorExample[] = [
  { code: "ARCHIVE_INVALID", words: "workspace import infra/shop/main.k" },
  { code: "CONFIG_CYCLE", words: validate, change: config("local:\n  image: '{{local.engine}}'\n  engine: '{{local.image}}'\n") },
  { code: "CONFIG_REFERENCE", words: validate, change: config("local:\n  image: '{{paths.bas}}/image'\n") },
  { code: "CONFIG_SYNTAX", words: validate, change: config("servers: [\n") },
  { code: "CONFIG_TYPE", words: validate, change: config("servers:\n  default_plan: tiny\n") },
  { code: "CONFIG_UNKNOWN_KEY", words: "config get servers.default_plans" },
  { code: "DASHBOARD_NONE", words: "dashboard open" },
  { code: "ENGINE_UNREACHABLE", words: plan, change: config("local:\n  engine: unix:///srv/nothing.sock\n") },
  { code: "ENVIRONMENT_UNKNOWN", words: `${plan} --env prd`, change: { "config/prod-defaults.toml": "" } },
  { code: "GUIDE_UNKNOWN", words: "guide from-scrach" },
  { code: "INFRA_AMBIGUOUS", words: "plan" },
  { code: "KCL_E3M38", words: plan, change: main('name = "web-01", ', "") },
  { code: "INFRA_NAME", words: plan, change: main('name = "shop"', 'name = "shops"') },
  { code: "INFRA_UNKNOWN", words: "plan --infra shp" },
  { code: "KCL_E1001", words: plan, change: main('plan = "small",', "plan = ,") },
  { code: "KCL_E2L23", words: plan, change: main("role =", "rolle =") },
  { code: "KCL_FILE_MISSING", words: "kcl test nothing" },
  { code: "LOCK_MISSING", words: "version upgrade --check" },
  { code: "LOCK_NOT_HELD", words: "lock break shop" },
  { code: "NAME_INVALID", words: "generate infra Web_Shop" },
  {
    code: "PLACEMENT_UNKNOWN",
    words: plan,
    change: main("servers =", 'taskservs = [{name = "redis", roles = ["db"]}]\n    servers ='),
  },
  { code: "PLAN_FILE", words: "plan show infra/shop/main.k" },
  { code: "KCL_E2G22", words: plan, change: main('"small"', '"smal"') },
  { code: "PROVIDER_UNKNOWN", words: plan, change: main('"local"', '"locl"') },
  { code: "RUN_ID_INVALID", words: "why web-01" },
  { code: "RUN_NONE", words: "why last" },
  { code: "SCHEMA_NONE", words: "schema guide" },
  { code: "SOPS_FILE_UNREADABLE", words: "sops secrets/none.yaml --encrypt" },
  {
    code: "SOPS_RECIPIENT_INVALID",
    words: "sops secrets/shop.yaml --encrypt --age ann",
    change: { "secrets/shop.yaml": "password: example\n" },
  },
  { code: "SOPS_SYNTAX", words: "sops secrets/shop.json --encrypt", change: { "secrets/shop.json": "{" } },
  { code: "SOPS_UNSUPPORTED", words: "sops secrets/shop.ini --encrypt", change: { "secrets/shop.ini": "a = b\n" } },
  { code: "TASKSERV_CONFIG", words: plan, change: main('"nginx"', '{name = "nginx", config = {port = "eighty"}}') },
  { code: "TASKSERV_UNKNOWN", words: plan, change: main('"nginx"', '"ngnix"') },
  { code: "USAGE_INVALID", words: "servr list" },
  { code: "VERSIONS_INVALID", words: "version check", change: config("versions:\n  strategies: {nginx: all}\n") },
  { code: "WORKFLOW_FILE_MISSING", words: "batch submit nothing.k" },
  { code: "WORKFLOW_NONE", words: "batch submit infra/shop/main.k" },
  { code: "WORKSPACE_UNKNOWN", words: "workspace switch shp" },
];
