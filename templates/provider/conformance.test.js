import { providerConformance } from "@provisioning/extension-sdk/testing";
import { openSubject } from "./subject.js";

providerConformance({ name: "__NAME__", open: openSubject });
