// Three kinds of test: unit (plain Node), browser (Node that drives Chromium), shared (needs ../shared).

import { defineConfig } from "vitest/config";

const shared = process.env.HEADSCOPE_RUN_SHARED === "1";
const ignored = ["**/node_modules/**", "**/dist/**"];

export default defineConfig({
  test: {
    maxWorkers: 2,
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
          exclude: [...ignored, "**/*.browser.test.ts", "**/*.shared.test.ts"],
          testTimeout: 60_000, // a busy machine is no failure
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/**/*.browser.test.ts"],
          exclude: ignored,
          globalSetup: "test/browser/unpack.ts",
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
