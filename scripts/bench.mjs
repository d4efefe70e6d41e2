// npm run bench [-- --quick] [--only engine|edits|web|views|page|page-local|billion|notebook] [--write]: builds what is measured, then runs bench/main.ts.

import { build } from "./build.mjs";
import { withSources } from "./sources.mjs";

await build((line) => process.stderr.write(`${line}\n`));
process.exitCode = await withSources(async (load) => {
  const { main } = await load("/bench/main.ts");
  return main(process.argv.slice(2));
});
