// The page's actions over a worker that answers when the test lets it.

import { expect } from "vitest";
import { Actions } from "../../src/app/actions/actions.ts";
import { Engines } from "../../src/app/actions/engines.ts";
import { ServerError } from "../../src/app/fetching.ts";
import { trustedIn } from "../../src/app/state/hosts.ts";
import { START } from "../../src/app/state/place.ts";
import { AppState } from "../../src/app/state/state.ts";
import { EngineClient } from "../../src/wire/client.ts";
import { type Answers, packTrace, type Reply, type Request } from "../../src/wire/protocol.ts";
import type { WorkerLike } from "../../src/wire/rpc.ts";
import { syntheticTrace } from "../synthetic.ts";

/** A small run; others have other numbers. */
export const trace = (seed: number) => syntheticTrace({ layers: 2, heads: 2, tokens: 5, seed });
/** What the worker says of the model that it opened. */
export const opened: Answers["open"] = {
  info: trace(1).manifest.model,
  kind: "causal",
  pairs: false,
  maxTokens: 256,
  captures: ["q"],
  threads: 1,
  runtime: "web",
  device: null,
  instead: null,
  pictures: false,
  notes: [],
  readsText: true,
  writes: true,
  says: null,
  chat: false,
  rotary: null,
};

/** A page whose worker answers when the test lets it. */
export function start(files: Record<string, Uint8Array> = {}) {
  const asked: Request[] = [];
  const worker: WorkerLike = {
    postMessage: (message) => asked.push(message as Request),
    terminate: () => {},
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  const say = (reply: Reply) => worker.onmessage?.({ data: reply } as MessageEvent<Reply>);
  const app = new AppState();
  app.bundled.value = [
    { name: "stories-gpt2", family: "gpt2", layers: 2, heads: 2, bytes: 9, about: "", files: [] },
  ];
  const client = new EngineClient(() => worker);
  const actions = new Actions(app, new Engines(app, { browser: client, native: client, webgpu: client }), {
    fetchBytes: async (url) => files[url] ?? Promise.reject(new ServerError("gone", { code: "own-server" })),
    resolve: (url) => `http://localhost/${url}`,
    decodePicture: async () => ({ width: 1, height: 1, data: new Uint8Array(4) }),
    now: () => 0,
    clock: () => 0,
    mapDrawn: async () => {},
    home: "localhost",
    trusted: trustedIn(null),
  });
  const next = async (kind: Request["kind"]) => {
    await expect.poll(() => asked.some((r) => r.kind === kind)).toBe(true);
    return asked.splice(
      asked.findIndex((r) => r.kind === kind),
      1,
    )[0]!;
  };
  const finish = ({ id }: Request, seed: number) => {
    const { manifest, tensors } = packTrace(trace(seed).parts());
    say({ id, kind: "done", answer: { manifest, seconds: 0.01, kept: null, partly: false }, tensors });
  };
  return { app, actions, say, next, finish };
}

/** A place with the model of the tests. */
export const live = { ...START, model: "stories-gpt2" };
