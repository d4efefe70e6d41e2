// npm test: builds, then runs the unit and browser tests. With --shared: the tests that need the folder ../shared.
// Other arguments go to vitest, e.g. `npm test -- src/views`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const report = `${root}node_modules/.cache/headscope/tests.json`;
const args = process.argv.slice(2);
const shared = args.includes("--shared");

if (!existsSync(`${root}node_modules/vitest`)) stop("vitest is not installed. Run npm install first.");
if (shared && !existsSync(`${root}../shared`)) {
  stop("There is no folder ../shared beside this repository, so the tests that need it cannot run.");
}

const { build } = await import("./build.mjs");
await build((line) => process.stderr.write(`${line}\n`));
rmSync(report, { force: true });
const projects = (shared ? ["shared"] : ["unit", "pure", "browser"]).flatMap((name) => ["--project", name]);
const rest = args.filter((arg) => arg !== "--shared");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const result = inOwnFolder((env) =>
  spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...projects, ...reporters, ...rest], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env, HEADSCOPE_RUN_SHARED: shared ? "1" : "" },
  }),
);
if (result.error) stop(`vitest did not start: ${result.error.message}`);
if (result.signal) stop(`vitest was ended by ${result.signal}.`);
if (existsSync(report)) summarise(JSON.parse(readFileSync(report, "utf8")));
process.exitCode = result.status ?? 1;

/**
 * Runs with a temporary folder of the run's own, so that nothing stays of a test that was ended in the middle. Its name
 * is short: Chromium puts a socket under it, whose path may have about a hundred letters.
 */
function inOwnFolder(run) {
  const own = mkdtempSync(join(tmpdir(), "hs-"));
  const wait = () => {}; // vitest hears Ctrl-C too; this process ends after it, to clear away
  process.on("SIGINT", wait);
  try {
    return run({
      TMPDIR: own,
      TMP: own,
      TEMP: own,
      HEADSCOPE_SYSTEM_TMPDIR: tmpdir(),
      HEADSCOPE_TEST_RUN: own,
    });
  } finally {
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
    process.off("SIGINT", wait);
  }
}

/** One plain closing line, for people and for machines that read logs. */
function summarise({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped }) {
  process.stdout.write(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`);
}

/** End with a message and status 1. */
function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
