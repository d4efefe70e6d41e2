// A Python that can run the tests of python/: HEADSCOPE_PYTHON, the one that .ci/run installs, or python3.

import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OWN = `${ROOT}node_modules/.cache/headscope/python/bin/python`;

/** A Python that has these modules, or null; `why` says what to install. */
export function pythonWith(...modules: readonly string[]): string | null {
  const candidates = [process.env.HEADSCOPE_PYTHON, existsSync(OWN) ? OWN : undefined, "python3"];
  const check = `import sys, importlib.util as u; sys.exit(any(u.find_spec(m) is None for m in ${JSON.stringify(modules)}))`;
  return candidates.find((python) => python && spawnSync(python, ["-c", check]).status === 0) ?? null;
}

/** What to say where there is none. */
export function missing(...modules: readonly string[]): string {
  return `skipped: no Python with ${modules.join(", ")} (set HEADSCOPE_PYTHON, or pip install them for python3)`;
}

/** Runs Python in python/; what it printed. Not synchronous: a worker that is blocked for minutes is given up. */
export function runPython(
  python: string,
  args: readonly string[],
  timeout: number,
  input = "",
): Promise<string> {
  // One thread: the models are tiny, and threads of torch that wait for each other take the other tests' time.
  const alone = { OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const env = { ...process.env, ...alone, HF_HUB_OFFLINE: "1", PYTHONDONTWRITEBYTECODE: "1" };
  const options = { cwd: `${ROOT}python`, timeout, env, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    const child = execFile(python, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stdout.slice(-8000)}${stderr.slice(-2000)}`;
      reject(new Error(`python ${args.join(" ")} ended with ${error.code ?? error.signal}:\n${said}`));
    });
    child.stdin!.end(input);
  });
}
