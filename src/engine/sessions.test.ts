import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWeights, readConfig, type Source } from "../checkpoint/index.ts";
import { folderSource } from "../checkpoint/node.ts";
import { describe as describeModel } from "./architectures/index.ts";
import { DisposedError } from "./errors.ts";
import type { GraphSpec } from "./graph/scope.ts";
import { STREAM } from "./graph/stack.ts";
import { runGraph } from "./run/execute.ts";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { Sessions } from "./sessions.ts";

let source: Source;
let runtime: Runtime;
let opened = 0;
let closed = 0;
beforeAll(async () => {
  source = await folderSource(fileURLToPath(new URL("../../test/fixtures/goldens/llama", import.meta.url)));
  const inner = await nodeRuntime();
  runtime = {
    ...inner,
    async session(...args) {
      const session = await inner.session(...args);
      opened++;
      return {
        run: session.run,
        dispose: () => {
          closed++;
          return session.dispose();
        },
      };
    },
  };
});

async function openSessions(): Promise<Sessions> {
  const { description, book } = describeModel(await readConfig(source), await openWeights(source));
  return new Sessions(runtime, source, description, book);
}

const spec = (from: number, to: number, more: Partial<GraphSpec> = {}): GraphSpec => ({
  stack: "text",
  from,
  to,
  captures: new Set(["pattern"]),
  logits: true,
  cache: false,
  ...more,
});
const state = { ids: [5, 6, 7, 8], past: [], typeIds: [], rows: [0, 1, 2, 3] };

it.each([
  ["web", false],
  ["node", true],
  ["webgpu", true],
] as const)("attention on %s is one operator: %s", async (name, one) => {
  const { description, book } = describeModel(await readConfig(source), await openWeights(source));
  const sessions = new Sessions({ ...runtime, name }, source, description, book);
  const { nodes } = sessions.check(spec(0, 2, { captures: new Set(["q", "k"]) }));
  const has = (type: string) => nodes.some((node) => node.type === type);
  expect([has("GroupQueryAttention"), has("Softmax")]).toEqual([one, !one]);
  expect(sessions.room.fused).toBe(one);
});

describe("a graph", () => {
  let sessions: Sessions;
  beforeAll(async () => {
    sessions = await openSessions();
  });
  afterAll(() => sessions.dispose());

  it("in two parts gives the same bits as in one", async () => {
    const whole = await runGraph(sessions, spec(0, 2), state);
    const first = await runGraph(sessions, spec(0, 1), state);
    const second = await runGraph(sessions, spec(1, 2), { ...state, stream: first.get(STREAM)! });
    expect(first.get("self.0.pattern")).toEqual(whole.get("self.0.pattern"));
    expect(second.get("self.1.pattern")).toEqual(whole.get("self.1.pattern"));
    expect(second.get("logits")).toEqual(whole.get("logits"));
  });

  it.each(["vectors", "cells"] as const)(
    "with neutral %s points gives the same bits as without",
    async (points) => {
      const captures = new Set(["pattern", "resid_post", "z"] as const);
      const plain = await runGraph(sessions, spec(0, 2, { captures }), state);
      const edited = await runGraph(sessions, spec(0, 2, { captures, points }), state);
      for (const [name, tensor] of plain) expect(edited.get(name), name).toEqual(tensor);
    },
  );

  it("computes the logits of the rows that are fed", async () => {
    const all = await runGraph(sessions, spec(0, 2), state);
    const some = await runGraph(sessions, spec(0, 2), { ...state, rows: [2, 0] });
    const rows = [2, 0].flatMap((row) => [...all.get("logits")!.data.subarray(row * 320, (row + 1) * 320)]);
    for (const [i, value] of some.get("logits")!.data.entries()) expect(value).toBeCloseTo(rows[i]!, 4);
  });
});

it("closes every session it opened, those used longest ago first", async () => {
  opened = 0;
  closed = 0;
  const sessions = await openSessions();
  for (const capture of ["q", "k", "v", "z", "scores", "pattern", "resid_pre"] as const) {
    for (const logits of [true, false]) {
      await runGraph(sessions, spec(0, 2, { captures: new Set([capture]), logits }), state);
    }
  }
  expect(opened).toBe(14);
  await sessions.dispose();
  expect(closed).toBe(opened);
});

describe("dispose", () => {
  const runs = async (sessions: Sessions, count: number) =>
    Promise.all(Array.from({ length: count }, () => runGraph(sessions, spec(0, 2), state)));
  const kinds: Record<string, (sessions: Sessions) => Promise<unknown>> = {
    "after two runs": async (sessions) => {
      await runs(sessions, 1);
      await runs(sessions, 1);
      await sessions.dispose();
    },
    "while the second run goes on": async (sessions) => {
      await runs(sessions, 1);
      const second = runs(sessions, 1);
      await sessions.dispose();
      await second;
    },
    "while the first two runs go on": async (sessions) => {
      const both = runs(sessions, 2);
      await sessions.dispose();
      await both;
    },
    "while packed weights are read, and twice": async (sessions) => {
      await runs(sessions, 2);
      await Promise.all([sessions.dispose(), sessions.dispose()]);
    },
    "while an aborted run opens": async (sessions) => {
      const signal = AbortSignal.abort();
      const run = runGraph(sessions, spec(0, 2), state, signal).catch(() => undefined);
      await sessions.dispose();
      await run;
    },
  };

  it.each(Object.keys(kinds))("closes every session %s", async (kind) => {
    opened = 0;
    closed = 0;
    for (let i = 0; i < 8; i++) await kinds[kind]!(await openSessions());
    expect(opened).toBeGreaterThanOrEqual(kind.includes("aborted") ? 0 : 8);
    expect(closed).toBe(opened);
  });

  it("refuses what is asked for afterwards", async () => {
    const sessions = await openSessions();
    await runs(sessions, 1);
    await sessions.dispose();
    await expect(runs(sessions, 1)).rejects.toThrow(DisposedError);
  });
});
