// A Chromium to test in: the one that npm installs on linux x64, elsewhere an installed Chrome.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

/**
 * Every page that opens a model compiles onnxruntime's WebAssembly anew, and Chromium's optimizing compiler works on it
 * for longer than most tests compute: here it waits until a function has done ten times its usual share.
 */
const LATE_OPTIMIZING = "--js-flags=--wasm-tiering-budget=130000000";

/** Canvas drawing on the processor is the fast one where there is no graphics card (and the same everywhere). */
const ON_PROCESSOR = ["--disable-gpu"];
/** WebGPU by Chromium's own program for it, SwiftShader, which needs no graphics card. */
const SOFTWARE_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Places where Chrome installs itself. */
const INSTALLED = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
];

/** True where the browser is the pinned one, so that pictures can be compared pixel by pixel. */
export function isPinned(): boolean {
  return process.platform === "linux" && process.arch === "x64" && !process.env.HEADSCOPE_CHROME;
}

export interface LaunchOptions {
  /** True for a browser whose pages have WebGPU, computed in software. */
  readonly webgpu?: boolean;
  /** True where pages compute little: WebAssembly is optimized later than in everyone's browser. */
  readonly computesLittle?: boolean;
}

/** Start a browser with a fresh profile. */
export async function launch({
  webgpu = false,
  computesLittle = false,
}: LaunchOptions = {}): Promise<Browser> {
  const executablePath = isPinned() ? await pinnedChromium() : installedChrome();
  const args = [...FLAGS, ...(webgpu ? SOFTWARE_WEBGPU : ON_PROCESSOR)];
  if (computesLittle) args.push(LATE_OPTIMIZING);
  return chromium.launch({ executablePath, args });
}

/** Path of the browser that npm installs, unpacked at the first call. */
export async function pinnedChromium(): Promise<string> {
  const path = await inSystemFolder(async () => {
    const { default: packed } = await import("@sparticuz/chromium");
    return packed.executablePath();
  });
  checkLibraries(path);
  return path;
}

/** Unpacks into the system's temporary folder, where later runs find it, not into that of this run (scripts/test.mjs). */
async function inSystemFolder<T>(unpack: () => Promise<T>): Promise<T> {
  const { TMPDIR: own, HEADSCOPE_SYSTEM_TMPDIR: system } = process.env;
  if (!own || !system) return unpack();
  process.env.TMPDIR = system;
  try {
    return await unpack();
  } finally {
    process.env.TMPDIR = own;
  }
}

function checkLibraries(path: string): void {
  const missing = execFileSync("ldd", [path], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("not found"))
    .map((line) => line.trim().split(" ")[0]);
  if (missing.length === 0) return;
  throw new Error(
    `Chromium for the browser tests needs ${missing.join(", ")}. Install the system libraries, ` +
      "e.g. apt-get install libnss3 libnspr4 libexpat1, or set HEADSCOPE_CHROME to an installed Chrome.",
  );
}

function installedChrome(): string {
  const wanted = process.env.HEADSCOPE_CHROME;
  const found = wanted ? [wanted].find(existsSync) : INSTALLED.find(existsSync);
  if (found) return found;
  throw new Error(
    wanted
      ? `HEADSCOPE_CHROME names ${wanted}, which does not exist.`
      : "The browser tests need Google Chrome or Chromium. Install one, or set HEADSCOPE_CHROME to its path.",
  );
}
