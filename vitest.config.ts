// Three kinds of test: unit (plain Node), browser (Node that drives Chromium), shared (needs ../shared). In `npm test`
// some of the unit tests are a project of their own, pure.

import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

const shared = process.env.HEADSCOPE_RUN_SHARED === "1";
const ignored = ["**/node_modules/**", "**/dist/**"];

/**
 * Pure functions and plain classes: their tests change nothing outside themselves. In a run of all tests (scripts/test.mjs)
 * they need no process for each file; one that they share loads the code once. A single file is run with the others of unit.
 */
const PURE = ["tensor", "trace", "imports", "analysis", "views", "export", "wire"];
const pure = process.env.HEADSCOPE_TEST_RUN ? PURE.map((name) => `src/${name}/**/*.test.{ts,tsx}`) : [];
/** A busy machine is no failure. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: [
            "src/**/*.test.{ts,tsx}",
            "test/**/*.test.ts",
            "scripts/**/*.test.ts",
            "bench/**/*.test.ts",
          ],
          exclude: [...ignored, ...pure, "**/*.browser.test.ts", "**/*.shared.test.ts"],
          ...patient,
        },
      },
      {
        test: {
          name: "pure",
          environment: "node",
          include: pure,
          exclude: [...ignored, "**/*.browser.test.ts", "**/*.shared.test.ts"],
          isolate: false,
          ...patient,
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/**/*.browser.test.ts"],
          exclude: ignored,
          globalSetup: "test/browser/unpack.ts",
          isolate: false, // state is the browser's, which each file starts anew; what drives it is loaded once
          retry: 1, // a browser beside busy tests misses a moment; what is wrong fails twice
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "shared",
          environment: "node",
          include: shared ? ["**/*.shared.test.ts"] : [],
          exclude: ignored,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
