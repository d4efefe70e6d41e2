// npm run bench [-- --quick] [--only engine|views|page] [--write]: builds what is measured, then runs bench/main.ts.

import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { build } from "./build.mjs";

await build((line) => process.stderr.write(`${line}\n`));
const { module } = await runnerImport(fileURLToPath(new URL("../bench/main.ts", import.meta.url)));
process.exit(await module.main(process.argv.slice(2)));
