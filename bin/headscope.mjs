#!/usr/bin/env node
// The headscope command. In a clone it builds what is missing or out of date first; an installed package is built.

import { existsSync } from "node:fs";

const buildScript = new URL("../scripts/build.mjs", import.meta.url);
const sources = new URL("../src/cli/main.ts", import.meta.url);

try {
  if (existsSync(buildScript) && existsSync(sources)) {
    const { build } = await import(buildScript.href);
    await build((line) => process.stderr.write(`headscope: ${line}\n`));
  }
  const { main } = await import(new URL("../dist/cli/main.js", import.meta.url).href);
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const text = String(error instanceof Error ? error.message : error).slice(0, 4000);
  process.stderr.write(
    `headscope: ${text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd")}\n`,
  );
  process.exitCode = 1;
}
