/** Where the user's own files are (XDG base directories). */

import { join } from "node:path";

export interface UserPaths {
  /** `user_config.yaml`: preferences and the list of workspaces. */
  readonly configFile: string;
  /** What can be found out anew at any time. */
  readonly cacheDir: string;
}

export function userPaths(environment: Readonly<Record<string, string | undefined>>): UserPaths {
  const home = environment.HOME ?? "/";
  const configHome = environment.XDG_CONFIG_HOME || join(home, ".config");
  const cacheHome = environment.XDG_CACHE_HOME || join(home, ".cache");
  return {
    configFile: join(configHome, "provisioning", "user_config.yaml"),
    cacheDir: join(cacheHome, "provisioning"),
  };
}
