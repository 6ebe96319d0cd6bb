/** What the configuration allows requests. */

import type { Service } from "../service.js";

export interface HttpLimits {
  /** Streams that are open at the same time, at most. */
  readonly maxStreams: number;
  /** Requests that change something and are under way at the same time, at most. */
  readonly maxPosts: number;
  readonly bodyBytes: number;
  /** For reading a request; answers may take longer. */
  readonly requestTimeoutMs: number;
  /** Time between two comments on a silent stream. */
  readonly beatMs: number;
}

export function httpLimits({ workspace: { config } }: Pick<Service, "workspace">): HttpLimits {
  return {
    maxStreams: config.get("orchestrator.max_streams"),
    maxPosts: config.get("orchestrator.max_requests"),
    bodyBytes: config.get("orchestrator.body_limit_kib") * 1024,
    requestTimeoutMs: config.get("orchestrator.request_timeout_seconds") * 1000,
    beatMs: config.get("orchestrator.stream_beat_seconds") * 1000,
  };
}
