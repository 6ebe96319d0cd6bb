import { describeTaskserv } from "../../testing/describe-taskserv.js";

await describeTaskserv({ name: "runc" });
