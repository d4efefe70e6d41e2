// Part: the page on a local checkpoint. From Run to every layer painted, with the engine of the process that serves the
// page, against the same engine in Node alone and against WebAssembly in the same page.

import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { inFreshBrowser } from "./browser.ts";
import type { Child } from "./child.ts";
import { type BenchModel, benchModels, startOurs } from "./engine-processes.ts";
import { fillText, LIVE, runOnce, TOKENIZER, textOf } from "./page/local-page.ts";
import { installPaintClock } from "./page/paint-clock.ts";
import { startServer } from "./page.ts";
import { type LocalRow, localTargets } from "./page-local-targets.ts";
import { fixed, ids, median, pause, table, time } from "./stats.ts";
import type { Findings, Setup } from "./types.ts";

const PAUSE_MS = 300;
/** Sessions that run often are opened again with packed weights, in the background. */
const SETTLE_MS = 3000;
const PATIENCE_MS = 120_000;
const VOCABULARY = 40_000;
const LENGTHS = [16, 128, 512] as const;

type Where = "This computer" | "This browser";

/** Measures the page on the model of GPT-2 small's shape. */
export async function benchPageLocal(setup: Setup): Promise<Findings> {
  const model = (await benchModels(setup)).find(({ key }) => key === "gpt2");
  if (!model) return { sections: [], targets: [] };
  setup.say("Page on a local checkpoint");
  const rows = await measure(model, setup);
  const cells = rows.map(({ n, node, native, web }) => {
    return [n, time(node), time(native), time(web), fixed(native / node), fixed(native / web)];
  });
  const head = ["tokens", "Node alone", "page, native", "page, WebAssembly", "of Node", "of WebAssembly"];
  return { sections: [`${model.name}:\n\n${table(head, cells)}`], targets: localTargets(rows) };
}

async function measure({ path }: BenchModel, { quick, say }: Setup): Promise<LocalRow[]> {
  const tokenizer = join(path, "tokenizer.json");
  if (!existsSync(tokenizer)) copyFileSync(TOKENIZER, tokenizer);
  const lengths = quick ? LENGTHS.slice(0, 2) : LENGTHS;
  const rounds = quick ? 2 : 7;
  const [server, node] = [await startServer([path]), startOurs()];
  try {
    await node.ask({ do: "load", model: path });
    return await inFreshBrowser(async (page) => {
      page.setDefaultTimeout(PATIENCE_MS);
      await page.addInitScript(installPaintClock);
      await page.goto(server.url);
      await page.waitForSelector("html[data-ready]", { state: "attached" });
      const native = await runsOf(page, "This computer", lengths, rounds, node, say);
      const web = await runsOf(page, "This browser", lengths, rounds, node, say);
      return lengths.map((n, i) => ({
        n,
        node: median(native[i]!.node),
        native: median(native[i]!.page),
        web: median(web[i]!.page),
      }));
    });
  } finally {
    server.stop();
    await node.stop();
  }
}

/** Seconds of every run by length, in the page and in Node; the two alternate, so that both engines meet the same machine. */
async function runsOf(
  page: Page,
  where: Where,
  lengths: readonly number[],
  rounds: number,
  node: Child,
  say: Setup["say"],
) {
  await choose(page, where);
  const found: { page: number[]; node: number[] }[] = [];
  for (const n of lengths) {
    say(`  ${where.toLowerCase()}, ${n} tokens`);
    const seconds = { page: [] as number[], node: [] as number[] };
    for (let round = -2; round < rounds; round++) {
      await pause(round === 0 ? SETTLE_MS : PAUSE_MS);
      const painted = await runOnce(page, textOf(n, round));
      await pause(PAUSE_MS);
      const alone = await node.ask({ do: "plain", ids: ids(n, VOCABULARY) });
      if (round < 0) continue;
      seconds.page.push(painted);
      seconds.node.push(alone.seconds);
    }
    await checkWhere(page, where);
    found.push(seconds);
  }
  return found;
}

/** Where a model runs is chosen in the status popover, once a run stands. */
async function choose(page: Page, where: Where): Promise<void> {
  await fillText(page, textOf(8, 0));
  await page.locator(".run").click();
  await page.locator(".live").filter({ hasText: LIVE }).waitFor();
  await openStatus(page);
  const button = page.getByRole("button", { name: where });
  if (await button.count()) await button.click();
  await page.keyboard.press("Escape");
}

/** Opens the status popover, whose inside is fetched when it is first opened. */
async function openStatus(page: Page): Promise<string> {
  await page.locator(".live").click();
  const inside = page.locator(".pop.status").filter({ hasText: "Runs on" });
  await inside.waitFor();
  return (await inside.textContent()) ?? "";
}

/** A measurement of the other engine would be worth nothing. */
async function checkWhere(page: Page, where: Where): Promise<void> {
  const said = await openStatus(page);
  await page.keyboard.press("Escape");
  if (!said.includes(`Runs on${where.toLowerCase()}`))
    throw new Error(`The page was to run on ${where.toLowerCase()}; its status says: ${said}`);
}
