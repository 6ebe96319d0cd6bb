export { EVENT_STREAM_TYPE, encodeMessage, KEEP_ALIVE, type StreamMessage } from "./event-stream.js";
export {
  PROBLEM_TYPE,
  type Problem,
  type ProblemContext,
  type ProblemFinding,
  problemOf,
  problemSchema,
  statusOf,
} from "./problem.js";
export { parseServiceAddress, type ServiceAddress, type ServiceFiles, serviceFiles } from "./service-file.js";
export {
  type Accepted,
  acceptedSchema,
  acceptedTask,
  type Task,
  type TaskDetail,
  taskDetailSchema,
  type TaskPage,
  taskPageSchema,
  taskSchema,
} from "./task.js";
