// Every command that runs a model, interrupted while it opens, while it runs and behind the run: one sentence, the
// documented status, and nothing that looks like a result.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import type { Model } from "../engine/index.ts";
import { attributeCommand } from "./attribute.ts";
import { generateCommand } from "./generate.ts";
import { lensCommand } from "./lens.ts";
import { patchCommand } from "./patch.ts";
import type { Env } from "./report.ts";
import { traceCommand } from "./trace.ts";
import { viewCommand } from "./view.ts";

type Command = (args: readonly string[], env: Env) => Promise<number>;
const COMMANDS: readonly (readonly [string, Command, readonly string[], string | null])[] = [
  ["trace", traceCommand, ["--text", "AB"], "x.safetensors"],
  ["trace of several", traceCommand, ["--text", "AB", "--text", "BA"], "several"],
  ["view", viewCommand, ["--text", "AB"], "x.svg"],
  ["generate", generateCommand, ["--text", "AB", "--tokens", "3"], null],
  ["generate --json", generateCommand, ["--text", "AB", "--tokens", "3", "--json"], null],
  ["lens", lensCommand, ["--text", "AB"], "x.csv"],
  ["patch", patchCommand, ["--clean", "AB", "--corrupt", "AC", "--target", "B"], "x.csv"],
  ["attribute", attributeCommand, ["--text", "AB"], "x.json"],
];

/** Where the signal comes: what `open` does, and what the model's own work does. */
const STAGES: Readonly<Record<string, (stop: AbortController) => Partial<Model> | null>> = {
  "while the model is opened": () => null,
  "while the model runs": (stop) => ({
    run: async () => {
      stop.abort();
      throw stop.signal.reason;
    },
    // biome-ignore lint/correctness/useYield: it ends before its first token
    generate: async function* () {
      stop.abort();
      throw stop.signal.reason;
    },
  }),
  "when the run is just done": (stop) => {
    const { run, generate } = fakeModel();
    return {
      run: async (...input) => {
        const result = await run(...input);
        stop.abort();
        return result;
      },
      generate: async function* (...input) {
        yield* generate(...input);
        stop.abort();
      },
    };
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "interrupts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(STAGES))("interrupted %s", (_, stage) => {
  it.each(COMMANDS)("%s ends with 130, a sentence and no file", async (_, command, args, output) => {
    const stop = new AbortController();
    const changed = stage(stop);
    let disposed = 0;
    const model = { ...fakeModel(), ...changed, dispose: async () => void disposed++ };
    const { env, said } = fakeEnv(model);
    const open: Env["open"] = async () => {
      if (changed) return model;
      stop.abort();
      throw stop.signal.reason;
    };
    const to = output === null ? [] : ["-o", join(folder, output)];
    const status = await command(["m", ...args, ...to], { ...env, open, signal: stop.signal });
    expect([status, said.err]).toEqual([130, "headscope: Interrupted.\n"]);
    const files = readdirSync(folder, { recursive: true }).filter((name) => /\./.test(String(name)));
    expect(files).toEqual([]);
    expect(disposed).toBe(changed ? 1 : 0);
  });
});
