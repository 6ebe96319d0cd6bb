export { createFakeClock, type FakeClock } from "./fake-clock.js";
export { SAMPLE_TIME, sampleOperation, sampleResource, sampleRun } from "./samples.js";
export { type StorageContractOptions, type StoragePlace, storageContract } from "./storage-contract.js";
export { buildProgram } from "./build-program.js";
export { seededRandom, testSeed } from "./random.js";
export { type PostgresServer, startPostgres, whyNoPostgres } from "./postgres-server.js";
export { startProcess, type TestProcess } from "./processes.js";
export { surrealPackages } from "./surreal-packages.js";
export { startSurrealServer, type SurrealServer } from "./surreal-server.js";
