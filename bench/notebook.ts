// The last part: what a notebook keeps and waits for. Each tool's call until its HTML is there, its bytes, and the HTML
// opened in a browser until it is drawn.

import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { installLibraries } from "./bertviz.ts";
import { inFreshBrowser, privateMemory, serveFolder } from "./browser.ts";
import { besides, notebookTargets, type Output } from "./notebook-targets.ts";
import { type Rest, watchForRest } from "./page/rest.ts";
import { fixed, median, table, time } from "./stats.ts";
import type { Findings, Setup } from "./types.ts";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("notebook.py", import.meta.url));
const TOKENS = [32, 64, 128, 256];
/** Of the quick form: those that are opened too, and those whose bytes are looked at. */
const QUICK_OPENED = 32;
const QUICK_TOKENS = [QUICK_OPENED, 128];
/** A page that has not come to rest by then, or takes more memory, is given up. */
const PATIENCE_MS = 120_000;
const MOST_MEGABYTES = 8000;
const WATCH_MS = 1000;
/** Calls in Python, and fresh browsers; a page is not opened again after so long, as what is slow varies by less. */
const CALLS = 3;
const ROUNDS = 5;
const ENOUGH_MS = 15_000;

/** What the script says of one output. */
interface Made {
  readonly tool: string;
  readonly view: string;
  readonly tokens: number;
  readonly bytes: number;
  readonly seconds: readonly number[];
  readonly page: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Measures the outputs of a notebook. */
export async function benchNotebook(setup: Setup): Promise<Findings> {
  if (setup.python === undefined) {
    setup.say("The part on notebooks is left out: it needs Python.");
    return { sections: [], targets: [] };
  }
  const folder = join(setup.cache, "notebook");
  await mkdir(folder, { recursive: true });
  const bertViz = await installLibraries(folder, setup);
  const server = await serveFolder(folder);
  const rows: Output[] = [];
  const versions: Record<string, string> = {};
  try {
    for (const tokens of setup.quick ? QUICK_TOKENS : TOKENS) {
      for (const made of await makeOutputs(folder, tokens, bertViz, setup)) {
        Object.assign(versions, made.versions);
        rows.push(await measure(made, `${server.url}/${made.page}`, setup));
        await rm(join(folder, made.page));
      }
    }
  } finally {
    server.close();
  }
  return { sections: [section(rows)], targets: notebookTargets(rows), versions };
}

async function makeOutputs(
  folder: string,
  tokens: number,
  others: boolean,
  { python, quick, say }: Setup,
): Promise<Made[]> {
  say(`Notebook: outputs of ${tokens} tokens`);
  const args = [
    SCRIPT,
    folder,
    String(tokens),
    quick ? "1" : String(CALLS),
    ...(others ? [] : ["headscope"]),
  ];
  const { stdout } = await run(python!, args, { maxBuffer: 1e8 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Made);
}

async function measure(made: Made, url: string, { quick, say }: Setup): Promise<Output> {
  const { tool, view, tokens, bytes } = made;
  say(`  ${tool}, ${view}, ${(bytes / 1e6).toFixed(2)} MB`);
  const times: number[] = [];
  const call = median(made.seconds);
  if (quick && tokens > QUICK_OPENED) return { tool, view, tokens, bytes, call, drawn: "not opened" };
  try {
    const spent = () => times.reduce((sum, one) => sum + one, 0);
    for (let round = 0; round < (quick ? 1 : ROUNDS) && spent() < ENOUGH_MS; round++)
      times.push(await drawnAfter(url));
  } catch (error) {
    const drawn = (error as Error).message.split("\n")[0]!;
    say(`  given up: ${drawn}`);
    return { tool, view, tokens, bytes, call, drawn };
  }
  return { tool, view, tokens, bytes, call, drawn: median(times) / 1000 };
}

/** Milliseconds from the start of the navigation until the page and its frames have come to rest. */
async function drawnAfter(url: string): Promise<number> {
  return inFreshBrowser(async (page, browser) => {
    page.setDefaultTimeout(PATIENCE_MS);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.addInitScript(watchForRest);
    const failed = new Promise<never>((_, reject) => {
      page.on("pageerror", reject);
      page.on("crash", () => reject(new Error("the page crashed")));
    });
    const drawn = async (): Promise<number> => {
      await page.goto(url);
      // BertViz's pages say when their code has returned; until then a page may be at rest because it waits.
      await page.evaluate(() => (window as unknown as { drawn?: Promise<number> }).drawn);
      const rests = page
        .frames()
        .map((frame) => frame.evaluate(() => (window as unknown as { rest: Promise<Rest> }).rest));
      const all = await Promise.all(rests);
      return Math.max(...all.map(({ origin, painted }) => origin + painted)) - all[0]!.origin;
    };
    const watch = watchLimits(browser);
    return Promise.race([drawn(), failed, watch.exceeded]).finally(watch.stop);
  });
}

/** Rejects when a browser takes more memory than a machine can spare, or more time than anybody waits. */
function watchLimits(browser: Browser): { exceeded: Promise<never>; stop: () => void } {
  let looks: NodeJS.Timeout | undefined;
  let end: NodeJS.Timeout | undefined;
  const exceeded = new Promise<never>((_, reject) => {
    looks = setInterval(async () => {
      const megabytes = await privateMemory(browser).catch(() => 0);
      if (megabytes > MOST_MEGABYTES) reject(new Error(`more than ${MOST_MEGABYTES / 1000} GB of memory`));
    }, WATCH_MS);
    end = setTimeout(() => reject(new Error(`not drawn in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  const stop = () => {
    clearInterval(looks);
    clearTimeout(end);
  };
  return { exceeded, stop };
}

function section(rows: readonly Output[]): string {
  const cells = rows.map((row) => {
    const { tool, view, tokens, bytes, call, drawn } = row;
    const theirs = tool === "BertViz" ? undefined : besides(row, rows);
    const whole = typeof drawn === "number" ? call + drawn : Number.NaN;
    const other = typeof theirs?.drawn === "number" ? theirs.call + theirs.drawn : Number.NaN;
    return [
      ...[tokens, tool, view, `${(bytes / 1e6).toFixed(2)} MB`, time(call)],
      typeof drawn === "number" ? time(drawn) : drawn,
      time(whole),
      ...[fixed(theirs && bytes / theirs.bytes, 3), fixed(whole / other, 3)],
    ];
  });
  const head = ["tokens", "tool", "view", "output", "call", "opened until drawn", "call to drawn"];
  return table([...head, "bytes, of BertViz", "time, of BertViz"], cells);
}
