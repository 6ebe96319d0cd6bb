/** What servers get that the definition does not say, and which environment applies. */

import { choice, map, text } from "../key-type.js";

export const serverKeys = {
  "environment.default": text(
    "",
    "dev",
    "Environment whose `config/<name>-defaults.*` applies when neither `--env` nor `PROVISIONING_ENV` names one; empty: none.",
  ),
  "providers.default": text("local", "aws", "Provider of an infra that names none."),
  "servers.default_plan": choice(["small", "medium", "large", "xlarge"], "small", "medium", "Size of a server that names none."),
  "secrets.stores": map(
    { vault: "file:///run/secrets/vault" },
    "Where `secret:STORE:KEY` looks: `file://FOLDER`, with a file for each key, `env://BEGINNING_`, or `sops://FILE`, by the store's name.",
  ),
  "secrets.age_key_file": text(
    "",
    "~/.config/sops/age/keys.txt",
    "File with the age identities that open files of SOPS; a leading `~/` is the home folder. Empty: `sops/age/keys.txt` in the folder of your configuration.",
  ),
  "servers.script_runner": text(
    "sh",
    "/usr/local/bin/audited-sh",
    "Program on the servers that runs the scripts of steps which ask for `sh`; called as that is, `PROGRAM -e FILE`.",
  ),
  "servers.labels": map({ team: "shop" }, "Labels of every server; those that the definition gives to a server win."),
} as const;
