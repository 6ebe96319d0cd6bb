import { whyNoPostgres } from "@provisioning/storage/testing";
import { killSuite } from "./testing/kills/suite.js";

const reason = await whyNoPostgres();

killSuite({ backend: "postgres", points: 12, deathsPerRound: 4, reason });
killSuite({ backend: "postgres-server", points: 4, deathsPerRound: 1, reason });
killSuite({ backend: "postgres-backend", points: 4, deathsPerRound: 1, reason });
killSuite({ backend: "postgres", points: 3, deathsPerRound: 3, isUnruly: true, reason });
