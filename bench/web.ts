// Part one and a half: the same engine in a browser, WebAssembly with threads, against itself in Node.

import { join } from "node:path";
import { inFreshBrowser, serveFolder } from "./browser.ts";
import { buildPage } from "./build-page.ts";
import { type BenchModel, benchModels, startOurs, THREADS } from "./engine-processes.ts";
import type { EnginePage } from "./page/engine.ts";
import { fixed, ids, median, pause, table, time } from "./stats.ts";
import type { Findings, Setup, Target } from "./types.ts";

const BOUND = 3;
const PAUSE_MS = 300;
const VOCABULARY = 40_000;

interface Row {
  readonly n: number;
  readonly node: number;
  readonly browser: number;
}

/** Measures the engine in the browser, on GPT-2 small's shape. */
export async function benchWeb(setup: Setup): Promise<Findings> {
  const [model] = await benchModels(setup);
  if (!model) return { sections: [], targets: [] };
  setup.say("Engine in the browser");
  await buildPage("engine", join(setup.cache, "web"));
  const server = await serveFolder(setup.cache);
  try {
    const rows = await measure(model, server.url, setup);
    const cells = rows.map(({ n, node, browser }) => [n, time(node), time(browser), fixed(browser / node)]);
    const head = ["tokens", "Node", "Chromium, WebAssembly", "ratio"];
    return {
      sections: [`${model.name}, q, k and v kept:\n\n${table(head, cells)}`],
      targets: rows.map(target),
    };
  } finally {
    server.close();
  }
}

async function measure(model: BenchModel, url: string, { cache, quick, say }: Setup): Promise<Row[]> {
  const node = startOurs();
  await node.ask({ do: "load", model: model.path, threads: THREADS });
  const folder = model.path.slice(cache.length).replaceAll("\\", "/");
  return inFreshBrowser(async (page) => {
    page.setDefaultTimeout(300_000);
    await page.goto(`${url}/web/engine.html`);
    const open = async ([address, threads]: readonly [string, number]) =>
      (window as unknown as { engine: EnginePage }).engine.open(address, threads);
    await page.evaluate(open, [url + folder, THREADS] as const);
    const run = async (list: readonly number[]) =>
      (window as unknown as { engine: EnginePage }).engine.run(list);
    const rows: Row[] = [];
    for (const n of quick ? [16] : [16, 128, 512]) {
      say(`  ${n} tokens`);
      const list = ids(n, VOCABULARY);
      const times = { node: [] as number[], browser: [] as number[] };
      for (let round = -1; round < (quick ? 2 : 5); round++) {
        await pause(PAUSE_MS);
        const { seconds } = await node.ask({ do: "plain", ids: list });
        await pause(PAUSE_MS);
        const browser = await page.evaluate(run, list);
        if (round < 0) continue;
        times.node.push(seconds);
        times.browser.push(browser);
      }
      rows.push({ n, node: median(times.node), browser: median(times.browser) });
    }
    return rows;
  }).finally(() => node.stop());
}

function target({ n, node, browser }: Row): Target {
  return {
    what: `WebAssembly in Chromium with ${THREADS} threads, ${n} tokens`,
    target: `within ${BOUND} times of Node`,
    measured: fixed(browser / node),
    share: browser / node / BOUND,
  };
}
