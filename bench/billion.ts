// Part: a model past the browser's heap. A checkpoint of Llama-3.2-1B's shape in the page, with the engine of the process
// that serves it, beside Transformers on the same folder: opened, one run, and written tokens.

import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type BillionRow, billionTargets } from "./billion-targets.ts";
import { inFreshBrowser, privateMemory } from "./browser.ts";
import { madeModel, startTheirs, THREADS } from "./engine-processes.ts";
import { LIVE, runOnce, TOKENIZER, textOf } from "./page/local-page.ts";
import { installPaintClock } from "./page/paint-clock.ts";
import { installWritingClock, type WritingClock } from "./page/writing-clock.ts";
import { startServer } from "./page.ts";
import { fixed, ids, median, pause, table, time } from "./stats.ts";
import type { Findings, Setup } from "./types.ts";

const FIRST = 16;
const TOKENS = 128;
const WRITTEN = 20;
const PAUSE_MS = 1000;
const PATIENCE_MS = 300_000;

/** Measures the page on the model of Llama-3.2-1B's shape; nothing where there is no Python to make it. */
export async function benchBillion(setup: Setup): Promise<Findings> {
  const path = await madeModel(setup, "llama-1b");
  if (path === undefined || setup.python === undefined) return { sections: [], targets: [] };
  const tokenizer = join(path, "tokenizer.json");
  if (!existsSync(tokenizer)) copyFileSync(TOKENIZER, tokenizer);
  setup.say("Llama-3.2-1B's shape: Transformers");
  const theirs = await measureTheirs(path, setup.python, setup.quick ? 1 : 3);
  setup.say("Llama-3.2-1B's shape: the page");
  const ours = await measureOurs(path, setup.quick ? 1 : 3);
  return { sections: [shown(ours, theirs)], targets: billionTargets(ours, theirs) };
}

function shown(ours: BillionRow & { readonly grown: number }, theirs: BillionRow): string {
  const row = (what: string, of: (row: BillionRow) => number) => [
    what,
    time(of(ours)),
    time(of(theirs)),
    fixed(of(ours) / of(theirs)),
  ];
  const rows = [
    row("from nothing to the first result (a short text)", ({ first }) => first),
    row(`${TOKENS} tokens`, ({ run }) => run),
    [
      `written after ${TOKENS} tokens, tokens/s`,
      fixed(ours.speed, 1),
      fixed(theirs.speed, 1),
      fixed(ours.speed / theirs.speed),
    ],
  ];
  const head = ["what", "the page", "Transformers", "ratio"];
  const grown = `The browser's processes took ${Math.round(ours.grown)} MB more of memory after all of it than before the model was opened.`;
  return `${table(head, rows)}\n\n${grown}`;
}

async function measureTheirs(model: string, python: string, rounds: number): Promise<BillionRow> {
  const start = performance.now();
  const child = startTheirs(python);
  try {
    await child.ask({ do: "load", model, threads: THREADS });
    await child.ask({ do: "attention", ids: ids(FIRST, 1000), logits: "last" });
    const first = (performance.now() - start) / 1000;
    const [runs, speeds] = [[] as number[], [] as number[]];
    for (let round = -1; round < rounds; round++) {
      const asked = ids(TOKENS + round + 1, 1000).slice(round + 1);
      const { seconds } = await child.ask({ do: "attention", ids: asked, logits: "last" });
      const one = await child.ask({ do: "generate", ids: asked, tokens: 1 });
      const all = await child.ask({ do: "generate", ids: asked, tokens: WRITTEN });
      if (round < 0) continue;
      runs.push(seconds);
      speeds.push((WRITTEN - 1) / (all.seconds - one.seconds));
    }
    return { first, run: median(runs), speed: median(speeds) };
  } finally {
    await child.stop();
  }
}

async function measureOurs(model: string, rounds: number): Promise<BillionRow & { grown: number }> {
  const server = await startServer([model]);
  try {
    return await inFreshBrowser(async (page, browser) => {
      page.setDefaultTimeout(PATIENCE_MS);
      await page.addInitScript(installPaintClock);
      await page.addInitScript(installWritingClock);
      return inPage(page, browser, server.url, rounds);
    });
  } finally {
    server.stop();
  }
}

async function inPage(page: Page, browser: Browser, url: string, rounds: number) {
  const before = await privateMemory(browser);
  const start = performance.now();
  await page.goto(url); // the page opens the model that its address names, and runs its first text
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  await page.locator(".live").filter({ hasText: LIVE }).waitFor();
  await page.waitForSelector(".hs-map:not([data-busy])");
  const first = (performance.now() - start) / 1000;
  const [runs, speeds] = [[] as number[], [] as number[]];
  for (let round = -1; round < rounds; round++) {
    await pause(PAUSE_MS);
    const seconds = await runOnce(page, textOf(TOKENS, round));
    await pause(PAUSE_MS);
    const speed = await page.evaluate(
      (count) => (window as unknown as WritingClock).tokensPerSecond(count),
      WRITTEN,
    );
    if (round < 0) continue;
    runs.push(seconds);
    speeds.push(speed);
  }
  const grown = (await privateMemory(browser)) - before;
  return { first, run: median(runs), speed: median(speeds), grown };
}
