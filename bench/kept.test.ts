import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keep, lastOf } from "./kept.ts";
import { report } from "./report.ts";
import type { Setup } from "./types.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "headscope-kept-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

const setup = (over: Partial<Setup> = {}): Setup => ({
  cache,
  python: undefined,
  quick: false,
  load: 0.1,
  say: () => {},
  ...over,
});
const target = (what: string, share: number) => ({ what, target: "at most 1", measured: "0.5", share });
const findings = { sections: ["### A table"], targets: [target("kept", 0.5), target("not measured", NaN)] };

describe("findings of a benchmark", () => {
  it("are the last ones of their part", () => {
    expect(lastOf(cache, "edits")).toBeUndefined();
    keep(setup(), "edits", { sections: ["### An old one"], targets: [] });
    keep(setup({ quick: true }), "edits", findings);
    expect(lastOf(cache, "edits")).toMatchObject({ quick: true, load: 0.1, sections: ["### A table"] });
  });

  it("make a report that leaves out what was not measured and says what is not to be trusted", () => {
    keep(setup(), "edits", findings);
    keep(setup({ load: 3, quick: true }), "page", findings);
    const text = report(new Map(["edits", "page"].map((part) => [part, lastOf(cache, part)!])));
    expect(text).toContain("2 of 2 are met");
    expect(text).not.toContain("not measured");
    expect(text.match(/not to be trusted/g)).toHaveLength(1);
    expect(text.match(/only a rough guide/g)).toHaveLength(1);
  });
});
