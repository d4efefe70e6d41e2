// A worker that is no thread: both ends in one process, for tests.

import type { Reply, Request } from "../../src/wire/protocol.ts";
import type { WorkerLike } from "../../src/wire/rpc.ts";

/**
 * What the page tells `worker` goes to `serve`; what the other end gives to `post` comes to the page. `kinds`: of what was
 * told, in order.
 */
export function joinedWorker(serve: (request: Request) => void) {
  const kinds: string[] = [];
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    terminate: () => {},
    postMessage(message) {
      const request = message as Request;
      kinds.push(request.kind);
      serve(request);
    },
  };
  const post = (reply: Reply) => worker.onmessage?.({ data: reply } as MessageEvent<Reply>);
  return { worker, kinds, post };
}
