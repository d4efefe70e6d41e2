// Part three: the page as built and served, from a cold start to its first picture, and how much script that takes.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { inFreshBrowser } from "./browser.ts";
import { median, table, time } from "./stats.ts";
import type { Findings, Setup, Target } from "./types.ts";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const BOUND_SECONDS = 1;
const BOUND_SCRIPT = 150_000;

/** Measures the page. */
export async function benchPage({ quick, say }: Setup): Promise<Findings> {
  say("Page: cold start");
  const server = await startServer();
  try {
    const visits: Visit[] = [];
    for (let round = 0; round < (quick ? 2 : 7); round++) visits.push(await visit(server.url));
    const seconds = median(visits.map(({ picture }) => picture)) / 1000;
    const script = await scriptSize(visits[0]!.scripts);
    const rows = [
      ["cold start to the first picture", time(seconds)],
      ["script loaded until then, gzipped", `${(script / 1000).toFixed(1)} kB`],
    ];
    return { sections: [table(["what", "measured"], rows)], targets: targets(seconds, script) };
  } finally {
    server.stop();
  }
}

/** headscope's own server on a free port, by its address; `opened`: what it is to open. */
export async function startServer(
  opened: readonly string[] = [],
): Promise<{ url: string; stop: () => void }> {
  const args = [path("bin/headscope.mjs"), "open", ...opened, "--no-open", "--port", "0"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^http:/.test(line)) return { url: line.trim(), stop: () => void child.kill() };
  }
  throw new Error("headscope's server ended before it named its address.");
}

/** Milliseconds until the first picture, and the scripts that had been loaded by then, as paths on the server. */
interface Visit {
  readonly picture: number;
  readonly scripts: readonly string[];
}

async function visit(url: string): Promise<Visit> {
  return inFreshBrowser(async (page) => {
    await page.addInitScript(watchForPicture);
    await page.goto(url);
    return page.evaluate(() => (window as unknown as { firstPicture: Promise<Visit> }).firstPicture);
  });
}

/** Runs in the page: resolves when some canvas holds a picture, looked for once a frame. */
function watchForPicture(): void {
  const hasPicture = (canvas: HTMLCanvasElement): boolean => {
    if (canvas.width === 0 || canvas.height === 0) return false;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels?.some((value) => value !== 0) ?? false;
  };
  const loaded = (): string[] => {
    const entries = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    return entries.filter((name) => name.endsWith(".js"));
  };
  const firstPicture = new Promise<Visit>((resolve) => {
    const look = () => {
      if ([...document.querySelectorAll("canvas")].some(hasPicture)) {
        resolve({ picture: performance.now(), scripts: loaded() });
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  Object.assign(window, { firstPicture });
}

/** Bytes of the scripts as a server that compresses would send them. */
async function scriptSize(scripts: readonly string[]): Promise<number> {
  const files = await Promise.all(scripts.map((name) => readFile(join(path("dist/app"), name))));
  return files.reduce((sum, file) => sum + gzipSync(file).length, 0);
}

function targets(seconds: number, script: number): Target[] {
  return [
    {
      what: "the page: cold start to the first picture",
      target: `under ${BOUND_SECONDS} s`,
      measured: time(seconds),
      share: seconds / BOUND_SECONDS,
    },
    {
      what: "the page: script before the runtime loads, gzipped",
      target: `under ${BOUND_SCRIPT / 1000} kB`,
      measured: `${(script / 1000).toFixed(1)} kB`,
      share: script / BOUND_SCRIPT,
    },
  ];
}
