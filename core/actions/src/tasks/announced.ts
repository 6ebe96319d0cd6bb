/** Tasks that workflows of the platform name and that are not possible yet, each with the reason. A workflow that uses one is refused. */

import type { AnnouncedTask } from "./task.js";

const NO_CLUSTERS = "there are no clusters of Kubernetes yet; describe servers and taskservs in an infra instead.";
const NO_SERVICES = "there are no services with replicas yet; taskservs are installed on servers.";

export const announcedTasks: readonly AnnouncedTask[] = [
  { name: "provisioning.cluster", summary: "Makes a cluster what its definition says.", reason: NO_CLUSTERS },
  { name: "provisioning.addon", summary: "Installs addons in a cluster.", reason: NO_CLUSTERS },
  { name: "provisioning.deploy-agents", summary: "Starts pools of agents.", reason: NO_SERVICES },
  {
    name: "provisioning.run-migrations",
    summary: "Runs database migrations in the order of their names.",
    reason: "no taskserv offers connections to its database yet.",
  },
  {
    name: "provisioning.configure-ingress",
    summary: "Routes host names to services through a gateway.",
    reason: NO_CLUSTERS,
  },
  { name: "provisioning.scale-taskserv", summary: "Changes the number of replicas of a taskserv.", reason: NO_SERVICES },
];
