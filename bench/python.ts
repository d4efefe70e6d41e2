// The Python side: an interpreter with torch, transformers and bertviz, named by HEADSCOPE_BENCH_PYTHON or made once
// in a throw-away environment under the cache folder.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const NEEDED = ["torch", "transformers", "safetensors", "bertviz", "ipython"];
const PACKAGES = [...NEEDED, "circuitsvis"];
const IMPORTS = "import torch, transformers, safetensors, bertviz, IPython";
const SKIPPED = "The columns of Transformers and BertViz are left out.";
const WINDOWS = process.platform === "win32";

/** Path of a usable interpreter, or undefined after saying why there is none. */
export async function findPython(cache: string, say: (line: string) => void): Promise<string | undefined> {
  const given = process.env.HEADSCOPE_BENCH_PYTHON;
  const folder = join(cache, "venv");
  const python = given ?? join(folder, WINDOWS ? "Scripts/python.exe" : "bin/python");
  if (await works(python)) return python;
  if (given !== undefined) {
    say(`The interpreter that HEADSCOPE_BENCH_PYTHON names lacks one of ${NEEDED.join(", ")}. ${SKIPPED}`);
    return undefined;
  }
  return (await make(folder, python, say)) ? python : undefined;
}

async function make(folder: string, python: string, say: (line: string) => void): Promise<boolean> {
  say(`Making a Python environment with ${PACKAGES.join(", ")}: once, a few minutes.`);
  try {
    if (!existsSync(python)) await run(WINDOWS ? "python" : "python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "-q", ...PACKAGES], { maxBuffer: 1e8 });
    if (await works(python)) return true;
    throw new Error("the packages are installed but cannot be imported");
  } catch (error) {
    say(`No Python environment could be made (${lastLine(error)}). ${SKIPPED}`);
    return false;
  }
}

async function works(python: string): Promise<boolean> {
  return run(python, ["-c", IMPORTS]).then(
    () => true,
    () => false,
  );
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  return (stderr || message).trim().split("\n").at(-1) ?? "";
}
