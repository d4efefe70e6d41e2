// headscope under the clock: one process that reads JSON requests line by line and answers each with one JSON line,
// the same protocol as reference.py.

import { createInterface } from "node:readline";
import { ablationSweep, probabilityMetric, runSweep } from "../dist/analysis/index.js";
import { openSpec } from "../dist/cli/env.js";

const quiet = { show() {}, clear() {}, note() {} };
let model;

const timed = async (work) => {
  const started = performance.now();
  const result = await work();
  return { seconds: (performance.now() - started) / 1000, ...result };
};
const run = (captures) => (request) =>
  timed(async () => {
    await model.run({ ids: request.ids }, { captures });
  });

const verbs = {
  load: async (request) => {
    model = await openSpec(request.model, quiet, new AbortController().signal);
    return {};
  },
  attention: run(["pattern", "last_logits"]),
  plain: run(["q", "k", "v", "last_logits"]),
  pointed: (request) =>
    timed(async () => {
      const captures = ["q", "k", "v", "last_logits"];
      await model.run({ ids: request.ids }, { captures, points: "vectors" });
    }),
  sweep: (request) =>
    timed(async () => {
      const options = { captures: ["last_logits"], points: "vectors" };
      const run = async (edits) => (await model.run({ ids: request.ids }, { ...options, edits })).trace;
      const runEach = async (lists) =>
        (await model.runEach({ ids: request.ids }, lists, options)).map(({ trace }) => trace);
      await runSweep(ablationSweep(await run([]), "zero"), run, probabilityMetric(0), { runEach });
    }),
  generate: (request) =>
    timed(async () => {
      const ids = [];
      const options = { tokens: request.tokens, ignoreEos: true };
      for await (const { token } of model.generate({ ids: request.ids }, options)) ids.push(token.id);
      return { ids };
    }),
  memory: async () => ({ megabytes: process.resourceUsage().maxRSS / 1000 }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = await verbs[request.do](request).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
