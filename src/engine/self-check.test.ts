import { expect, test } from "vitest";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime, Value } from "./runtime/runtime.ts";
import { SELF_CHECK_TOLERANCE, selfCheck } from "./self-check.ts";

type Floats = Extract<Value, { type: "float32" }>;

/** The same runtime with every output that `is` finds changed. */
function wrong(runtime: Runtime, is: (value: Floats) => boolean, change: (x: number) => number): Runtime {
  return {
    ...runtime,
    async session(...asked) {
      const session = await runtime.session(...asked);
      return {
        ...session,
        async run(...fed) {
          const outputs = await session.run(...fed);
          const changed = Object.entries(outputs).map(([name, value]): [string, Value] =>
            value.type === "float32" && is(value)
              ? [name, { ...value, data: value.data.map(change) }]
              : [name, value],
          );
          return Object.fromEntries(changed);
        },
      };
    },
  };
}

/** Patterns [heads, 19, 19]; scores have that shape too, and negative numbers. */
const isPattern = ({ shape, data }: Floats) => shape.at(-1) === 19 && data.every((x) => x >= 0);
const isLogits = ({ shape }: Floats) => shape.at(-1) === 61;
/** Queries, keys, values and outputs of heads. */
const isOfHeads = ({ shape }: Floats) => shape.at(-1) === 8;

test("a runtime equals itself", async () => {
  const runtime = await nodeRuntime();
  expect(await selfCheck(runtime, runtime)).toBeNull();
});

test("one wrong tensor is named with how far off it is", async () => {
  const runtime = await nodeRuntime();
  const off = wrong(runtime, isPattern, (x) => x + 2 * SELF_CHECK_TOLERANCE);
  expect(await selfCheck(off, runtime)).toBe(
    "Its numbers differ from WebAssembly's: self.0.pattern of a test model by 2.0e-4, at most 0.0001 is allowed.",
  );
});

test("zeros, which a device gives that refused its work, and numbers that are none do not pass", async () => {
  const runtime = await nodeRuntime();
  const zeros = wrong(runtime, isLogits, () => 0);
  expect(await selfCheck(zeros, runtime)).toMatch(/logits of a test model/);
  const none = wrong(runtime, isOfHeads, () => Number.NaN);
  await expect(selfCheck(none, runtime)).rejects.toThrow("NaN");
});

test("what rounds a little passes", async () => {
  const runtime = await nodeRuntime();
  expect(
    await selfCheck(
      wrong(runtime, isPattern, (x) => x + 1e-5),
      runtime,
    ),
  ).toBeNull();
});
