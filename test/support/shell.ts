// Commands as a reader copies them from a page or the documentation, run as they stand in a shell: npx finds this checkout.

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/headscope.mjs", import.meta.url));

/** How a command ended, and what it said. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A shell in a folder, for commands that begin with `npx headscope`; the program must be built. */
export function shellIn(folder: string): (command: string) => Promise<Ended> {
  const bin = join(folder, ".bin");
  mkdirSync(bin, { recursive: true });
  const npx = join(bin, "npx");
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(npx, 0o755);
  const env = { ...process.env, CI: "1", PATH: `${bin}${delimiter}${process.env.PATH}` };
  return (command) =>
    new Promise((resolve) => {
      const child = spawn("sh", ["-c", command], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      child.stdout.on("data", (part) => {
        out += part;
      });
      child.stderr.on("data", (part) => {
        err += part;
      });
      child.on("close", (status) => resolve({ status, out, err }));
    });
}
