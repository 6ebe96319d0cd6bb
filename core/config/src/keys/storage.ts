/** Where runs and recorded state are kept. Everything here belongs to the whole workspace. */

import { choice, integer, text } from "../key-type.js";

/** `rkvs` and `file` are other names of `filesystem`. */
export const STORAGE_TYPES = [
  "filesystem",
  "file",
  "rkvs",
  "surrealdb-embedded",
  "surrealdb-server",
  "postgres",
  "memory",
] as const;

const scope = "workspace";
const PASSWORD = "Password of that user: a reference such as env://NAME or file://PATH.";
const PASSWORD_FILE = "File with the password; `-`: standard input.";

export const storageKeys = {
  "storage.type": choice(
    STORAGE_TYPES,
    "filesystem",
    "postgres",
    "Where runs and recorded state are kept; `file` and `rkvs` mean `filesystem`.",
    { flag: "storage-type", scope },
  ),
  "storage.data_dir": text(
    "runtime/store",
    "/var/lib/provisioning",
    "Folder of `filesystem` and `surrealdb-embedded`; in a file relative to the workspace, in a flag to the current folder.",
    { flag: "data-dir", scope },
  ),
  "storage.packages_dir": text(
    "",
    "/opt/provisioning/packages",
    "Folder in which the packages of a database were installed; empty: beside the platform.",
    { flag: "storage-packages-dir", scope },
  ),
  "storage.surrealdb.url": text("ws://localhost:8000", "wss://db.example.com", "Server: ws://, wss://, http:// or https://.", {
    flag: "surrealdb-url",
    secret: "url",
    scope,
  }),
  "storage.surrealdb.namespace": text("orchestrator", "shop", "Namespace in the server.", { flag: "surrealdb-namespace", scope }),
  "storage.surrealdb.database": text("tasks", "production", "Database in the namespace.", { flag: "surrealdb-database", scope }),
  "storage.surrealdb.username": text("", "provisioning", "User of the server; empty: none.", {
    flag: "surrealdb-username",
    scope,
  }),
  "storage.surrealdb.user_level": choice(["root", "namespace", "database"], "root", "database", "Where that user is defined.", {
    flag: "surrealdb-user-level",
    scope,
  }),
  "storage.surrealdb.password": text("", "env://SURREALDB_PASSWORD", PASSWORD, {
    flag: "surrealdb-password",
    secret: "value",
    scope,
  }),
  "storage.surrealdb.password_file": text("", "/run/secrets/surrealdb", PASSWORD_FILE, {
    flag: "surrealdb-password-file",
    scope,
  }),
  "storage.postgres.url": text(
    "",
    "postgres://provisioning@db.example.com/provisioning?sslmode=verify-full",
    "`postgres://user@host:port/database?sslmode=verify-full`; instead of host, port, database and user.",
    { flag: "postgres-url", secret: "url", scope },
  ),
  "storage.postgres.host": text("localhost", "db.example.com", "Name, address, or folder of a socket.", {
    flag: "postgres-host",
    scope,
  }),
  "storage.postgres.port": integer([1, 65_535], 5432, 5433, "Port of the server.", { flag: "postgres-port", scope }),
  "storage.postgres.database": text("provisioning", "infrastructure", "Name of the database.", {
    flag: "postgres-database",
    scope,
  }),
  "storage.postgres.username": text("provisioning", "operator", "User of the database.", { flag: "postgres-username", scope }),
  "storage.postgres.password": text("", "file:///run/secrets/postgres", PASSWORD, {
    flag: "postgres-password",
    secret: "value",
    scope,
  }),
  "storage.postgres.password_file": text("", "/run/secrets/postgres", PASSWORD_FILE, { flag: "postgres-password-file", scope }),
  "storage.postgres.schema": text(
    "provisioning",
    "staging",
    "Schema in the database; several installations can share one database.",
    { flag: "postgres-schema", scope },
  ),
} as const;
