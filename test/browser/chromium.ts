// A Chromium to test in: the one that npm installs on linux x64, elsewhere an installed Chrome.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Canvas drawing on the processor is the fast one where there is no graphics card (and the same everywhere). */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

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

/** Start a browser with a fresh profile. */
export async function launch(): Promise<Browser> {
  const executablePath = isPinned() ? await pinnedChromium() : installedChrome();
  return chromium.launch({ executablePath, args: FLAGS });
}

async function pinnedChromium(): Promise<string> {
  const { default: packed } = await import("@sparticuz/chromium");
  const path = await packed.executablePath();
  checkLibraries(path);
  return path;
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
