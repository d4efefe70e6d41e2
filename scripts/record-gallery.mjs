// Records the gallery's runs of our own models: each text of gallery/live.json through the engine, as queries, keys
// and values in half floats. Run again after a model was trained anew, then check the captions: npm test -- gallery
//   node scripts/record-gallery.mjs [NAME ...]

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withSources } from "./sources.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const wanted = new Set(process.argv.slice(2));
const runs = JSON.parse(readFileSync(join(ROOT, "gallery", "live.json"), "utf8"));

await withSources(async (load) => {
  const { openModel, writeTrace } = await load("/src/index.ts");
  const { folderSource, nodeRuntime } = await load("/src/node.ts");
  const runtime = await nodeRuntime();
  for (const { name, model: id, input } of runs) {
    if (wanted.size > 0 && !wanted.has(name)) continue;
    const model = await openModel(await folderSource(join(ROOT, "models", id)), { runtime });
    const { trace } = await model.run(input, { captures: ["q", "k", "v"] });
    const bytes = writeTrace(trace, { precision: "f16" });
    writeFileSync(join(ROOT, "gallery", "traces", `${name}.safetensors`), bytes);
    process.stdout.write(`${name}: ${Math.round(bytes.length / 1000)} kB\n`);
    await model.dispose();
  }
});
