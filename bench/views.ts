// Part two: the model, head and neuron views against BertViz, in the same browser, on the same numbers.

import { join } from "node:path";
import { bertVizVersion, installLibraries, makePages } from "./bertviz.ts";
import { inFreshBrowser, privateMemory, serveFolder } from "./browser.ts";
import { buildPage } from "./build-page.ts";
import { installBertVizGestures, installClock, type Measured, type Times } from "./page/clock.ts";
import { fixed, median, table, time } from "./stats.ts";
import type { Findings, Setup } from "./types.ts";
import { type Shape, small, traceFile } from "./views-data.ts";
import { type Row, seconds, VIEWS, type ViewName, viewTargets } from "./views-targets.ts";

const NAMES = Object.keys(VIEWS) as ViewName[];

/** Tokens at which both tools are measured, and headscope alone. */
const BOTH = [32, 64];
const ALONE = [128, 256, 512, 1024];
/** More heads: BERT-large's, and a large language model's. */
const LARGE: readonly Shape[] = [
  { layers: 24, heads: 16, tokens: 512, headSize: 64 },
  { layers: 48, heads: 64, tokens: 256, headSize: 16 },
];
/** A page that has not drawn by then is given up. */
const PATIENCE_MS = 120_000;

/** Measures the views. */
export async function benchViews(setup: Setup): Promise<Findings> {
  const folder = join(setup.cache, "views");
  await buildPage("views", join(folder, "headscope"));
  const server = await serveFolder(folder);
  try {
    const rows = await measureAll(folder, server.url, setup);
    const { python } = setup;
    const versions = {
      ...(await browserVersion()),
      ...(python && { bertviz: await bertVizVersion(python) }),
    };
    return { sections: NAMES.map((view) => section(view, rows)), targets: viewTargets(rows), versions };
  } finally {
    server.close();
  }
}

async function measureAll(folder: string, url: string, setup: Setup): Promise<Row[]> {
  const rows: Row[] = [];
  const bertViz = setup.python !== undefined && (await installLibraries(folder, setup));
  for (const tokens of setup.quick ? [32] : BOTH) {
    const file = await traceFile(folder, small(tokens));
    if (bertViz) await makePages(setup.python!, folder, file, NAMES);
    for (const view of NAMES) {
      setup.say(`Views: ${view}, ${tokens} tokens`);
      if (bertViz)
        rows.push(await measure(view, small(tokens), "BertViz", `${url}/${view}-${tokens}.html`, setup));
      rows.push(await measureOurs(view, small(tokens), folder, url, setup));
    }
  }
  for (const tokens of setup.quick ? [128] : ALONE) {
    for (const view of NAMES) rows.push(await measureOurs(view, small(tokens), folder, url, setup));
  }
  for (const shape of setup.quick ? [] : LARGE)
    rows.push(await measureOurs("model", shape, folder, url, setup));
  return rows;
}

async function measureOurs(
  view: ViewName,
  shape: Shape,
  folder: string,
  url: string,
  setup: Setup,
): Promise<Row> {
  setup.say(`Views: ${view}, ${shape.layers} x ${shape.heads} heads, ${shape.tokens} tokens, headscope`);
  const file = await traceFile(folder, shape);
  return measure(
    view,
    shape,
    "headscope",
    `${url}/headscope/views.html?view=${view}&trace=../${file}`,
    setup,
  );
}

async function measure(
  view: ViewName,
  shape: Shape,
  tool: Row["tool"],
  url: string,
  setup: Setup,
): Promise<Row> {
  const runs: Once[] = [];
  try {
    for (let round = 0; round < (setup.quick ? 1 : 3); round++) runs.push(await once(view, tool, url));
  } catch (error) {
    setup.say(`  ${tool}'s ${view} view of ${shape.tokens} tokens failed: ${firstLine(error)}`);
  }
  const names = ["first", ...VIEWS[view]];
  const middle = (name: string, key: keyof Times) =>
    median(runs.map(({ times }) => times[name]?.[key] ?? Number.NaN)) / 1000;
  const times = names.map((name) => {
    const [done, painted, complete] = [
      middle(name, "done"),
      middle(name, "painted"),
      middle(name, "complete"),
    ];
    return [name, { done, painted, complete }];
  });
  return {
    view,
    shape,
    tool,
    times: Object.fromEntries(times),
    memory: median(runs.map((run) => run.memory)),
  };
}

interface Once {
  readonly times: Record<string, Times>;
  readonly memory: number;
}

/** One fresh browser: the first drawing, memory, then each gesture. */
async function once(view: ViewName, tool: Row["tool"], url: string): Promise<Once> {
  return inFreshBrowser(async (page, browser) => {
    page.setDefaultTimeout(PATIENCE_MS);
    await page.emulateMedia({ reducedMotion: "reduce" });
    const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
    await page.addInitScript(installClock);
    if (tool === "BertViz") await page.addInitScript(installBertVizGestures);
    await page.goto(url);
    const first = page.evaluate(() => (window as unknown as Measured).measureFirst());
    const times: Record<string, Times> = { first: await Promise.race([first, failed]) };
    const memory = await privateMemory(browser);
    for (const name of VIEWS[view]) {
      await page.waitForTimeout(300);
      const gesture = page.evaluate((n) => (window as unknown as Measured).measureGesture(n), name);
      times[name] = await Promise.race([gesture, failed]);
    }
    return { times, memory };
  });
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0]!;
}

async function browserVersion(): Promise<Record<string, string>> {
  return inFreshBrowser(async (_, browser) => ({ chromium: browser.version() }));
}

function section(view: ViewName, rows: readonly Row[]): string {
  const names = ["first", ...VIEWS[view]];
  const mine = rows.filter((row) => row.view === view);
  const cell = (row: Row, name: string) => {
    const { done, painted, complete } = row.times[name]!;
    return Number.isFinite(painted) ? [done, painted, complete].map(time).join(" / ") : "failed";
  };
  const body = mine.map((row) => {
    const { layers, heads, tokens } = row.shape;
    const cells = names.map((name) => cell(row, name));
    return [`${layers} x ${heads}`, tokens, row.tool, ...cells, `${fixed(row.memory, 0)} MB`];
  });
  const title = `### The ${view} view\n\nTimes: code returned / painted / complete.`;
  const ratios = ratioTable(mine, names);
  const head = ["heads", "tokens", "tool", "first drawing", ...VIEWS[view], "memory"];
  return [title, table(head, body), ...(ratios ? [ratios] : [])].join("\n\n");
}

/** headscope's times as shares of BertViz's, where both were measured: a first drawing complete, a gesture painted. */
function ratioTable(rows: readonly Row[], names: readonly string[]): string | undefined {
  const pairs = rows
    .filter((row) => row.tool === "BertViz")
    .map((theirs) => ({
      theirs,
      ours: rows.find((row) => row.tool === "headscope" && row.shape.tokens === theirs.shape.tokens)!,
    }));
  if (pairs.length === 0) return undefined;
  const share = (ours: Row, theirs: Row, name: string) => {
    return fixed(seconds(ours, name) / seconds(theirs, name));
  };
  const body = pairs.map(({ ours, theirs }) => [
    ours.shape.tokens,
    ...names.map((name) => share(ours, theirs, name)),
    fixed(ours.memory / theirs.memory),
  ]);
  const head = ["tokens", "first drawing", ...names.slice(1), "memory"];
  return `headscope as a share of BertViz (first drawing: complete; gestures: painted):\n\n${table(head, body)}`;
}
