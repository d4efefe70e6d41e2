// The SVG snapshots see every mark: small wrong changes in the drawing code, one at a time, each make the snapshot
// tests of this folder fail, run as they are in a process of their own; without a change they pass.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

/** A change of a source text; `from` must stand in the file once. */
interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What mutated-run.mjs prints. */
interface Outcome {
  /** How many files were changed. */
  readonly applied: number;
  readonly passed: number;
  /** Names of the tests that failed, and what they said. */
  readonly failed: readonly string[];
  readonly messages: readonly string[];
  /** What went wrong outside the tests. */
  readonly errors: readonly string[];
}

const RUN = fileURLToPath(new URL("./mutated-run.mjs", import.meta.url));

async function snapshotsWith(mutations: readonly (Mutation | null)[]): Promise<Outcome[]> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"));
  const env = { ...Object.fromEntries(own), CI: "1" }; // in CI no snapshot is ever written
  const args = [RUN, JSON.stringify(mutations)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** By name: the mutation, and a snapshot that must not pass with it. */
const MUTATIONS: Readonly<Record<string, readonly [Mutation, string]>> = {
  "map: score bars shifted by a pixel": [
    {
      file: "src/views/map/scene.ts",
      from: "bars.push([x, y + cell + 1,",
      to: "bars.push([x + 1, y + cell + 1,",
    },
    "model-scored",
  ],
  "head lines: opacity halved": [
    {
      file: "src/views/head/lines.ts",
      from: ": lineOpacity(weight, style);",
      to: ": lineOpacity(weight, style) / 2;",
    },
    "unpinned",
  ],
  "matrix: outlines of pinned words dropped": [
    {
      file: "src/views/matrix/scene.ts",
      from: "return all.length > 0",
      to: "return all.length < 0",
    },
    "matrix-causal",
  ],
  "neurons: words anchored at their other end": [
    {
      file: "src/views/neuron/scene.ts",
      from: 'left === undefined ? "end" : "start"',
      to: 'left === undefined ? "start" : "end"',
    },
    "neuron-decay",
  ],
  "legend: red and blue swapped": [
    {
      file: "src/views/scene/legend.ts",
      from: "pixelOf(rampColor(stops, i / (RAMP.steps - 1)))",
      to: "pixelOf((([r, g, b]) => [b, g, r])(rampColor(stops, i / (RAMP.steps - 1))))",
    },
    "matrix-difference",
  ],
};

/** A change that fits no text of its file. */
const NOWHERE = { file: "src/views/map/scene.ts", from: "no such text", to: "" };

describe("the snapshots of figures", () => {
  let outcomes: Outcome[];
  beforeAll(async () => {
    // The code as it is comes last too: no change is left over from the runs before.
    outcomes = await snapshotsWith([
      null,
      NOWHERE,
      ...Object.values(MUTATIONS).map(([mutation]) => mutation),
      null,
    ]);
  }, 300_000);

  it.each([0, -1])("pass as the code is, first and last", (at) => {
    const { applied, passed, failed, errors } = outcomes.at(at)!;
    expect({ applied, failed, errors }).toEqual({ applied: 0, failed: [], errors: [] });
    expect(passed).toBeGreaterThan(30);
  });

  it.each(Object.entries(MUTATIONS))("fail with %s", (name, [, expected]) => {
    const { applied, passed, failed, messages, errors } = outcomes[2 + Object.keys(MUTATIONS).indexOf(name)]!;
    expect({ applied, errors }).toEqual({ applied: 1, errors: [] });
    expect(failed).toContain(expected);
    for (const message of messages) expect(message).toMatch(/^Snapshot .* mismatched$/);
    expect(passed).toBeGreaterThan(0); // the change breaks a mark, not the program
  });

  it("are not run with a change that fits nowhere", () => {
    const { passed, errors } = outcomes[1]!;
    expect(passed).toBe(0);
    expect(errors.join()).toContain(
      '"no such text" stands 0 times in src/views/map/scene.ts; expected once.',
    );
  });
});
