/**
 * What the base image of a local server is made of: packages and one shell program that turns a minimal Debian into a machine
 * that boots with systemd and is reached over SSH by key only. The same recipe is used on an image from a registry and on a
 * bootstrapped system. Pure: its digest is the identity of the image, so a changed recipe makes a new image.
 *
 * The image holds no key of anybody: authorized keys are put into each server, host keys are made at its first boot.
 */

import { createHash } from "node:crypto";
import type { AptSources } from "./apt-sources.js";

/** The name servers are started from when they name no image of their own. */
export const BASE_IMAGE = "provisioning-server:bookworm";
export const BASE_SUITE = "bookworm";
/** Where the recipe starts when a registry can be reached. */
export const REGISTRY_IMAGE = "debian:bookworm-slim";
/** Label of the image: digest of the recipe that made it. */
export const RECIPE_LABEL = "provisioning.recipe";

/** systemd and sshd, and what steps of taskservs may expect: downloads, archives, sysctl, addresses, service names. */
export const PACKAGES = [
  "ca-certificates",
  "curl",
  "dbus",
  "iproute2",
  "netbase",
  "openssh-server",
  "procps",
  "systemd",
  "systemd-sysv",
  "xz-utils",
] as const;

/** Need hardware, a console or the whole machine; or would change packages behind the platform's back. */
const MASKED_UNITS = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "console-getty.service",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "getty@tty1.service",
  "systemd-networkd.service",
  "systemd-pstore.service",
  "systemd-resolved.service",
  "systemd-timesyncd.service",
  "systemd-udevd.service",
] as const;

/** Documentation and translations: two thirds of what small packages weigh. */
const EXCLUDED_PATHS = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"] as const;

interface ImageFile {
  readonly path: string;
  readonly content: string;
}

const FILES: readonly ImageFile[] = [
  {
    path: "/etc/systemd/system/ssh-host-key.service",
    content: `[Unit]
Description=Make the SSH host key at first boot
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key

[Install]
WantedBy=multi-user.target
`,
  },
  {
    // In a container PrivateUsers= fails together with some sandbox options (status 217/USER).
    path: "/etc/systemd/system/service.d/50-container.conf",
    content: "[Service]\nPrivateUsers=no\n",
  },
  {
    // MaxStartups: many sessions begin at once when an infra is worked on in parallel.
    path: "/etc/ssh/sshd_config.d/50-provisioning.conf",
    content: `PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
HostKey /etc/ssh/ssh_host_ed25519_key
UseDNS no
MaxStartups 100:30:200
MaxSessions 64
`,
  },
  {
    path: "/etc/apt/apt.conf.d/50-provisioning",
    content: 'Acquire::Languages "none";\nAcquire::PDiffs "false";\nAcquire::Retries "3";\n',
  },
  {
    // A server that loses power in the middle of an installation is made anew; waiting for the disk after each file is not worth it.
    path: "/etc/dpkg/dpkg.cfg.d/50-provisioning",
    content: ["force-unsafe-io", ...EXCLUDED_PATHS.map((path) => `path-exclude=${path}`)].join("\n").concat("\n"),
  },
];

/** dpkg options for the bootstrap itself; later installations read them from the file above. */
export const DPKG_OPTIONS: readonly string[] = EXCLUDED_PATHS.map((path) => `path-exclude=${path}`);

/** Runs as root inside the system, after the packages are installed. POSIX sh. Without sources the system keeps its own. */
export function setupProgram(sources: AptSources | undefined): string {
  return programWith(sources === undefined ? undefined : sources.lines.map((line) => `${line}\n`).join(""));
}

function programWith(aptSources: string | undefined): string {
  const list = aptSources === undefined ? [] : [{ path: "/etc/apt/sources.list", content: aptSources }];
  const writes = [...FILES, ...list].map(writeFileCommand);
  const replaced = aptSources === undefined ? "" : " /etc/apt/sources.list.d/*";
  return [
    "set -eu",
    `rm -f /usr/sbin/policy-rc.d${replaced} /etc/apt/apt.conf.d/docker-* /etc/dpkg/dpkg.cfg.d/docker*`,
    ...writes,
    `for unit in ${MASKED_UNITS.join(" ")}; do ln -sf /dev/null "/etc/systemd/system/$unit"; done`,
    "systemctl enable -q ssh-host-key.service ssh.service",
    "rm -f /etc/ssh/ssh_host_* /etc/update-motd.d/* /etc/motd",
    "mkdir -p -m 700 /root/.ssh",
    ": >/etc/machine-id",
    // The package lists stay: apt-get update then only asks whether they are still the newest.
    "apt-get update -qq",
    "apt-get clean",
    "rm -rf /var/log/*.log /var/log/apt/* /tmp/* /var/tmp/*",
    "",
  ].join("\n");
}

/** The identity of the image. Without the mirror: where packages come from does not make another image. */
export function recipeDigest(): string {
  const recipe = { packages: PACKAGES, setup: programWith(""), base: REGISTRY_IMAGE };
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}

/** Set on the image in both ways of making it. */
export function imageChanges(digest: string): string[] {
  return ['CMD ["/sbin/init"]', `LABEL ${RECIPE_LABEL}=${digest}`];
}

/** Content travels base64 encoded, so no character of it can end the quotes. */
function writeFileCommand(file: ImageFile): string {
  const folder = file.path.slice(0, file.path.lastIndexOf("/"));
  return `mkdir -p ${folder} && printf %s ${Buffer.from(file.content).toString("base64")} | base64 -d >${file.path}`;
}
