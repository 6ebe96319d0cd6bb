import { describeTaskserv } from "../../testing/describe-taskserv.js";

await describeTaskserv({ name: "containerd", config: { mirrors: { "docker.io": ["https://mirror.internal:5000"] } } });
