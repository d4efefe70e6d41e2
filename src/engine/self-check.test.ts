import { expect, test } from "vitest";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime, Value } from "./runtime/runtime.ts";
import { SELF_CHECK_TOLERANCE, selfCheck } from "./self-check.ts";

/** The same runtime with every output that `name` matches changed. */
function wrong(runtime: Runtime, name: RegExp, change: (x: number) => number): Runtime {
  return {
    ...runtime,
    async session(...asked) {
      const session = await runtime.session(...asked);
      return {
        ...session,
        async run(...fed) {
          const outputs = await session.run(...fed);
          const changed = Object.entries(outputs).map(([output, value]): [string, Value] => {
            if (!name.test(output) || value.type !== "float32") return [output, value];
            return [output, { ...value, data: value.data.map(change) }];
          });
          return Object.fromEntries(changed);
        },
      };
    },
  };
}

test("a runtime equals itself", async () => {
  const runtime = await nodeRuntime();
  expect(await selfCheck(runtime, runtime)).toBeNull();
});

test("one wrong tensor is named with how far off it is", async () => {
  const runtime = await nodeRuntime();
  const off = wrong(runtime, /self\.1\.pattern/, (x) => x + 2 * SELF_CHECK_TOLERANCE);
  expect(await selfCheck(off, runtime)).toBe(
    "Its numbers differ from WebAssembly's: self.1.pattern of a test model by 2.0e-4, at most 0.0001 is allowed.",
  );
});

test("zeros, which a device gives that refused its work, and numbers that are none do not pass", async () => {
  const runtime = await nodeRuntime();
  expect(
    await selfCheck(
      wrong(runtime, /logits/, () => 0),
      runtime,
    ),
  ).toMatch(/logits/);
  expect(
    await selfCheck(
      wrong(runtime, /self\.0\.k/, () => Number.NaN),
      runtime,
    ),
  ).toMatch(/self\.0\.k of a test model/);
});

test("what rounds a little passes", async () => {
  const runtime = await nodeRuntime();
  expect(
    await selfCheck(
      wrong(runtime, /pattern/, (x) => x + 1e-5),
      runtime,
    ),
  ).toBeNull();
});
