// Every edit of the full golden set in Chromium, and of sets made with other shapes and a seed where HEADSCOPE_GOLDENS
// names their folders (with colons between).

import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { FAMILIES } from "../../src/engine/index.ts";
import { useStage } from "../browser/browser.ts";
import { serve } from "../browser/server.ts";
import { sharedPath } from "../support/shared.ts";
import { beyond, type GoldenEdit } from "./edits.ts";
import { foldersIn } from "./golden.ts";
import type { Parity } from "./parity.ts";

const PAGE = "/test/goldens/parity.html";
const supported = new Set(FAMILIES.map((family) => family.type));
const sets = [sharedPath("goldens"), ...(process.env.HEADSCOPE_GOLDENS?.split(":") ?? [])];

const read = <T>(path: string) => JSON.parse(readFileSync(path, "utf8")) as T;

describe.each(sets.map((set, n) => ({ set, under: `/golden-set-${n}` })))(
  "$set in Chromium",
  ({ set, under }) => {
    const stage = useStage(() => serve({ page: PAGE, isolated: false, folders: { [under]: set } }));
    const folders = foldersIn(set)
      .filter(({ path }) => supported.has(read<{ model_type: string }>(`${path}/config.json`).model_type))
      .map((folder) => ({
        ...folder,
        edits: read<{ edits?: GoldenEdit[] }>(`${folder.path}/expected.json`).edits ?? [],
      }))
      .filter(({ edits }) => edits.length > 0);

    const largest = { logits: 0, attention: 0 };
    afterAll(() => console.info(`${set}: largest deviations of edits in Chromium`, largest));

    it("has edits of many families", () => expect(folders.length).toBeGreaterThan(40));

    it.each(folders)("$name: edits equal Transformers with hooks", async ({ name, files, edits }) => {
      const page = await stage.visit(PAGE);
      const far = await page.evaluate(
        ([url, names]) => (globalThis as unknown as { parity: Parity }).parity.edits(url, names),
        [`${under}/${name}`, files] as const,
      );
      expect(far.map(beyond)).toEqual(edits.map(() => ({})));
      for (const [what, error] of far.flatMap((edit) => Object.entries(edit))) {
        const kind = what.startsWith("logits") ? "logits" : "attention";
        largest[kind] = Math.max(largest[kind], error);
      }
    });
  },
);
