// npm run bench: measures headscope side by side with Transformers and BertViz and prints tables; with --write it
// also writes docs/benchmarks.md, from what each part found last. Numbers are medians; they say nothing on a busy machine.

import { mkdirSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { benchBillion } from "./billion.ts";
import { benchEdits } from "./edits.ts";
import { benchEngine } from "./engine.ts";
import { type Kept, keep, lastOf } from "./kept.ts";
import { benchNotebook } from "./notebook.ts";
import { benchPage } from "./page.ts";
import { benchPageLocal } from "./page-local.ts";
import { findPython } from "./python.ts";
import { report, writeReport } from "./report.ts";
import type { Setup } from "./types.ts";
import { benchViews } from "./views.ts";
import { benchWeb } from "./web.ts";

const USAGE = `Usage: npm run bench -- [--quick] [--only engine|edits|web|views|page|page-local|billion|notebook] [--write]

  --quick   a small subset, in less than two minutes on a quiet machine
  --only    one part, or several with commas between
  --write   also write docs/benchmarks.md, with what the parts that are not measured now found before

HEADSCOPE_BENCH_PYTHON   an interpreter with torch, transformers and bertviz (else one is made once)
HEADSCOPE_REAL_MODELS    a folder with smollm2-135m-instruct`;

const PARTS = {
  engine: benchEngine,
  edits: benchEdits,
  web: benchWeb,
  views: benchViews,
  page: benchPage,
  "page-local": benchPageLocal,
  billion: benchBillion,
  notebook: benchNotebook,
} as const;
type PartName = keyof typeof PARTS;
const isPart = (name: string): name is PartName => Object.hasOwn(PARTS, name);

/** Runs the benchmark; resolves to the exit status. */
export async function main(args: string[]): Promise<number> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { values } = parseArgs({
    args,
    options: { quick: { type: "boolean" }, only: { type: "string" }, write: { type: "boolean" } },
  });
  const names = values.only === undefined ? Object.keys(PARTS) : values.only.split(",");
  if (!names.every(isPart)) {
    say(USAGE);
    return 2;
  }
  const cache = fileURLToPath(new URL("../node_modules/.cache/headscope-bench", import.meta.url));
  mkdirSync(cache, { recursive: true });
  const load = loadavg()[0]!;
  const python = names.some((name) => name !== "page") ? await findPython(cache, say) : undefined;
  const setup: Setup = { cache, python, quick: values.quick === true, load, say };
  const found = await measure(names, setup);
  process.stdout.write(`${report(found)}\n`);
  return values.write ? write(setup) : 0;
}

/** Refused while a part was never measured in full: the page of documentation has them all. */
function write({ cache, say }: Setup): number {
  const parts = Object.keys(PARTS);
  const all = new Map(parts.map((name) => [name, lastOf(cache, name)]));
  const missing = parts.filter((name) => all.get(name)?.quick ?? true);
  if (missing.length > 0) {
    say(`docs/benchmarks.md was not written: measure ${missing.join(", ")} first, without --quick.`);
    return 1;
  }
  writeReport(all as Map<string, Kept>);
  return 0;
}

/** A part that fails is reported and does not take the others with it. */
async function measure(names: readonly PartName[], setup: Setup): Promise<Map<PartName, Kept>> {
  const found = new Map<PartName, Kept>();
  for (const name of names) {
    try {
      found.set(name, keep(setup, name, await PARTS[name](setup)));
    } catch (error) {
      setup.say(`The part "${name}" could not be measured: ${(error as Error).message}`);
    }
  }
  return found;
}
