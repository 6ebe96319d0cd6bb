import { killSuite } from "./testing/kills/suite.js";

killSuite({ backend: "filesystem", points: 4, deathsPerRound: 4, isUnruly: true });
