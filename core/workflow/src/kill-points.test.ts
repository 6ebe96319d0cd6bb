import { surrealPackages } from "@provisioning/storage/testing";
import { killSuite } from "./testing/kills/suite.js";

const { reason } = await surrealPackages();

killSuite({ backend: "filesystem", points: 40, deathsPerRound: 10 });
killSuite({ backend: "surrealdb-embedded", points: 8, deathsPerRound: 4, reason });
