// Runs the SVG snapshot tests of this folder with one change in the source text of the drawing code, and prints how many
// passed and the names of those that failed. Argument: {"file", "from", "to"} as JSON, or null for no change.

import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const mutation = JSON.parse(process.argv[2]);
let applied = 0;

const plugin = {
  name: "mutation",
  enforce: "pre",
  transform(code, id) {
    if (!mutation || !id.endsWith(`/${mutation.file}`)) return null;
    const parts = code.split(mutation.from);
    if (parts.length !== 2)
      throw new Error(
        `"${mutation.from}" stands ${parts.length - 1} times in ${mutation.file}; expected once.`,
      );
    applied++;
    return { code: parts.join(mutation.to), map: null };
  },
};

const vitest = await startVitest(
  "test",
  [],
  {
    root: ROOT,
    config: false,
    watch: false,
    update: false,
    include: ["test/figures/figures.test.ts", "test/figures/head.test.ts"],
    testNamePattern: "^(head )?figures ",
    testTimeout: 60_000,
    reporters: [{}],
  },
  { plugins: [plugin] },
);
const tests = vitest.state.getTestModules().flatMap((file) => [...file.children.allTests()]);
const named = (state) => tests.filter((test) => test.result().state === state).map(({ name }) => name);
const errors = [
  ...vitest.state.getUnhandledErrors().map(String),
  ...vitest.state.getTestModules().flatMap((file) => file.errors().map(({ message }) => message)),
];
const messages = tests.flatMap((test) => (test.result().errors ?? []).map(({ message }) => message));
await vitest.close();
process.exitCode = 0; // what failed is the answer
console.log(
  JSON.stringify({ applied, passed: named("passed").length, failed: named("failed"), messages, errors }),
);
