// BertViz's pages, made by BertViz itself, with d3, jQuery and require.js from npm instead of a content network.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Setup } from "./types.ts";

const run = promisify(execFile);
const LIBRARIES = ["d3@5.7.0", "jquery@2.2.4", "requirejs@2.3.6"];
const SCRIPT = fileURLToPath(new URL("bertviz_pages.py", import.meta.url));

/** Installs the scripts into `folder`; false after saying why that cannot be done. */
export async function installLibraries(folder: string, { say }: Setup): Promise<boolean> {
  const libs = join(folder, "libs");
  if (existsSync(join(libs, "node_modules", "requirejs"))) return true;
  await mkdir(libs, { recursive: true });
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const args = ["install", "--prefix", libs, "--no-save", "--no-audit", "--no-fund", ...LIBRARIES];
  return run(npm, args, { shell: process.platform === "win32" }).then(
    () => true,
    () => {
      say(`BertViz is left out: npm could not install ${LIBRARIES.join(", ")}.`);
      return false;
    },
  );
}

/** Writes BertViz's page of each view for a trace file of the folder; names like "head-32.html". */
export async function makePages(python: string, folder: string, trace: string, views: readonly string[]) {
  await run(python, [SCRIPT, join(folder, trace), folder, ...views], { maxBuffer: 1e8 });
}

/** BertViz's version. */
export async function bertVizVersion(python: string): Promise<string> {
  const code = "from importlib.metadata import version; print(version('bertviz'))";
  return (await run(python, ["-c", code])).stdout.trim();
}
