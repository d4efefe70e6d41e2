// Runs the SVG snapshot tests of this folder once for each of some changes in the source text of the drawing code, and
// prints how many passed and the names of those that failed. Argument: a list as JSON, of {"file", "from", "to"} or null
// for no change. One Vitest runs them all, one after the other: what no change touches is transformed once.

import { fileURLToPath } from "node:url";
import { createVitest } from "vitest/node";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
let mutation = null;
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

const vitest = await createVitest(
  "test",
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
const specifications = await vitest.globTestSpecifications();
const outcomes = [];
for (const next of JSON.parse(process.argv[2])) outcomes.push(await runWith(next));
await vitest.close();
process.exitCode = 0; // what failed is the answer
console.log(JSON.stringify(outcomes));

/** Both the file of the change before and that of this one are read anew. */
async function runWith(next) {
  for (const change of [mutation, next]) if (change) vitest.invalidateFile(ROOT + change.file);
  [mutation, applied] = [next, 0];
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const tests = testModules.flatMap((file) => [...file.children.allTests()]);
  const named = (state) => tests.filter((test) => test.result().state === state).map(({ name }) => name);
  const errors = [
    ...unhandledErrors.map(String),
    ...testModules.flatMap((file) => file.errors().map(({ message }) => message)),
  ];
  const messages = tests.flatMap((test) => (test.result().errors ?? []).map(({ message }) => message));
  return { applied, passed: named("passed").length, failed: named("failed"), messages, errors };
}
