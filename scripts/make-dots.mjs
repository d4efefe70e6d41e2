// Writes src/trace/dots/bytes.ts: dots.wat as the bytes that a browser compiles. The test beside it compares the two.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const path = (name) => fileURLToPath(new URL(`../src/trace/dots/${name}`, import.meta.url));

/** dots.wat, compiled, in base64. */
export async function compiledDots() {
  const { parseWat } = await wabt();
  const module = parseWat("dots.wat", readFileSync(path("dots.wat"), "utf8"), { simd: true });
  return Buffer.from(module.toBinary({}).buffer).toString("base64");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (await compiledDots()).match(/.{1,100}/g).map((line) => `"${line}"`);
  const head = "// dots.wat, compiled; written by scripts/make-dots.mjs.\n\n";
  writeFileSync(path("bytes.ts"), `${head}export const DOTS =\n  ${lines.join(" +\n  ")};\n`);
}
