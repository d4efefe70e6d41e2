// node --expose-gc memory-series.mjs: memory of this process in MB, garbage collected, as JSON: after each ten of 200
// runs of one model, and after each of 50 times that a model was opened, run twice (the second one while it is disposed
// of) and disposed of.

import { memoryUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { openModel } from "../../dist/index.js";
import { folderSource, nodeRuntime } from "../../dist/node.js";

const FOLDER = fileURLToPath(new URL("../../models/stories-gpt2", import.meta.url));
const runtime = await nodeRuntime({ threads: 1 });
const ids = Array.from({ length: 100 }, (_, i) => i + 1);

const open = async () => openModel(await folderSource(FOLDER), { runtime });

/** What JavaScript cannot reach any more is given back first. */
async function memory() {
  await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 3; i++) globalThis.gc();
  return Math.round(memoryUsage().rss / 1e5) / 10;
}

async function runs() {
  const series = [];
  const model = await open();
  for (let i = 1; i <= 200; i++) {
    await model.run({ ids });
    if (i % 10 === 0) series.push(await memory());
  }
  await model.dispose();
  return series;
}

async function openings() {
  const series = [];
  for (let i = 0; i < 50; i++) {
    const model = await open();
    await model.run({ ids });
    const last = model.run({ ids });
    await model.dispose();
    await last;
    series.push(await memory());
  }
  return series;
}

process.stdout.write(JSON.stringify({ runs: await runs(), openings: await openings() }));
