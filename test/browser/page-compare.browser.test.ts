// Two runs beside each other in the page, and the tables that fill in: effect of heads, patching, the lens.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ATTRIBUTION_CAPTURES,
  alignTokens,
  attribute,
  attributeSources,
  contrastScore,
  headEffects,
  LENS_CAPTURES,
  logitLens,
  residSweep,
  runSweep,
} from "../../src/analysis/index.ts";
import { divergenceMetric } from "../../src/analysis/patching.ts";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { attentionOf, type Edit } from "../../src/trace/index.ts";
import { formatNumber } from "../../src/views/index.ts";
import { param, ROOT, usePage } from "./page.ts";

const { show } = usePage();
const A = "Tom saw a big cat. She";
const B = "Tom saw a big cat. He";
const at = (text: string, more = "") =>
  `model=stories-gpt2&text=${encodeURIComponent(text)}&l=3&h=2&${new URLSearchParams(more)}`;

let model: Model;
beforeAll(async () => {
  model = await openModel(await folderSource(join(ROOT, "models/stories-gpt2")), {
    runtime: await nodeRuntime(),
  });
});
afterAll(() => model.dispose());

const run = async (text: string, edits: readonly Edit[] = []) =>
  (await model.run({ text }, { edits, other: { text: B }, points: "cells" })).trace;

describe("Compare", () => {
  it("shows text A and B side by side over the same words, and what differs in the colours of signs", async () => {
    const page = await show(at(A));
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("[data-field=b]").fill(B);
    await page.keyboard.press("Enter");
    const sides = page.locator(".hbody.compare section");
    await expect.poll(() => sides.count(), { timeout: 30_000 }).toBe(2);
    expect(await sides.locator("h2").allTextContents()).toEqual(["A", "B"]);
    const parts = (n: number) => sides.nth(n).locator(".differing b").allTextContents();
    expect([await parts(0), await parts(1)].map((words) => words.join("").trim())).toEqual(["She", "He"]);
    await sides.nth(0).locator(".hs-left .hs-word").nth(1).click();
    await expect.poll(() => param(page, "pin")).toBe("1");
    const pinned = sides.nth(1).locator('.hs-left [aria-selected="true"]');
    expect(await pinned.allTextContents()).toEqual(["saw"]);
    await sides.nth(1).locator(".hs-left .hs-word").last().click();
    const last = (await run(A)).stream("text").tokens.length - 1;
    await expect.poll(() => param(page, "pin")).toBe(String(last));
    await page.getByRole("button", { name: "Difference", exact: true }).click();
    expect(param(page, "compare")).toBe("difference");
    expect(await page.locator(".compare-bar").textContent()).toContain("Difference is A minus B");
    expect(await page.locator(".hs-matrix-legend").textContent()).toContain("difference");
    await page.getByRole("button", { name: "Edits and next token" }).click();
    await page.locator("table.next tbody tr").first().waitFor({ timeout: 30_000 });
    expect(await page.locator("table.next thead th").allTextContents()).toEqual([
      "token",
      "bars A  B",
      "A",
      "B",
      "change",
    ]);
    await expect.poll(() => page.locator(".goes-on .B mark").count(), { timeout: 30_000 }).toBe(1);
  }, 90_000);

  it("hatches what has no counterpart, in the words, the matrix and the map, and says so", async () => {
    const SHORT = "Tom saw a cat. She";
    const page = await show(at(A, `b=${SHORT}&compare=side`));
    const sides = page.locator(".hbody.compare section");
    await expect.poll(() => sides.count(), { timeout: 30_000 }).toBe(2);
    const hatched = (n: number) => sides.nth(n).locator(".hs-left .hs-unmatched").allTextContents();
    expect(await hatched(0)).toEqual(["big"]);
    expect(await hatched(1)).toEqual([]);
    expect(await page.locator(".compare-bar").textContent()).toContain(
      "Hatched: no counterpart, only in A: big.",
    );
    await page.getByRole("button", { name: "Difference", exact: true }).click();
    await page.locator(".hs-right .hs-unmatched").waitFor();
    const canvas = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((node) => (node as HTMLCanvasElement).toDataURL());
    const [matrix, map] = [await canvas(".hs-matrix-field canvas"), await canvas(".hs-map canvas")];
    await page.locator("[data-field=b]").fill(A);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".hs-unmatched").count(), { timeout: 30_000 }).toBe(0);
    expect(await canvas(".hs-matrix-field canvas")).not.toBe(matrix);
    expect(await canvas(".hs-map canvas")).not.toBe(map);
  }, 90_000);

  it("ranks heads by how far their attention moved from A to B, at the pinned word and over all", async () => {
    const page = await show(at(A));
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("[data-field=b]").fill(B);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Difference of A and B" }).click({ timeout: 30_000 });
    await expect.poll(() => param(page, "score")).toBe("contrast");
    const [before, after] = (await Promise.all([run(B), run(A)])).map((trace) => attentionOf(trace, "self"));
    const expected = (queries?: readonly number[]) => {
      const { values, heads } = contrastScore({
        before: before!,
        after: after!,
        alignment: {
          query: alignTokens(before!.tokens("query"), after!.tokens("query")),
          key: alignTokens(before!.tokens("key"), after!.tokens("key")),
        },
        queries: queries ?? after!.tokens("query").map((_, query) => query),
        name: "",
      });
      const top = values.indexOf(Math.max(...values));
      return [`Head ${Math.floor(top / heads)}.${top % heads}`, formatNumber(values[top]!)];
    };
    const first = async () => {
      const row = page.locator(".frow").first();
      return [await row.locator(".id").textContent(), await row.locator(".value").textContent()];
    };
    const last = after!.tokens("query").length - 1;
    await expect.poll(first).toEqual(expected([last]));
    await page.locator(".hbody.compare section").nth(0).locator(".hs-left .hs-word").last().click();
    await expect.poll(() => param(page, "pin")).not.toBe(String(last));
    await expect.poll(first).toEqual(expected());
  }, 90_000);

  it("holds the edited run against the original", async () => {
    const page = await show(at(A, "edits=zero head 3.2&compare=side"));
    const sides = page.locator(".hbody.compare section");
    await expect.poll(() => sides.count(), { timeout: 30_000 }).toBe(2);
    expect(await sides.locator("h2").allTextContents()).toEqual(["Original", "Edited"]);
    await page.getByRole("button", { name: "Edited against original" }).click();
    expect(param(page, "score")).toBe("contrast");
    const first = page.locator(".frow").first();
    expect(await first.locator(".id").textContent()).toMatch(/^Head [45]\./); // only layers behind the edit move
    expect(Number(await first.locator(".value").textContent())).toBeGreaterThan(0);
  }, 60_000);
});

describe("undo and redo over a comparison", () => {
  it("go through edits and through Compare alike", async () => {
    const page = await show(at(A, "panel=edits&dock=open"));
    const names = () => page.locator(".hbody.compare h2").allTextContents();
    const field = page.getByRole("textbox", { name: "An edit in words" });
    await field.fill("zero head 3.2");
    await field.press("Enter");
    await page.locator(".edit small", { hasText: "Reached" }).waitFor({ timeout: 30_000 });
    await field.press("Escape");
    const state = async () => [param(page, "edits"), param(page, "compare"), await names()];
    const [both, edited, plain] = [
      ["zero head 3.2", "side", ["Original", "Edited"]],
      ["zero head 3.2", null, []],
      [null, null, []],
    ];
    await page.keyboard.press("c");
    await expect.poll(state, { timeout: 30_000 }).toEqual(both);
    for (const [key, expected] of [
      ["z", edited],
      ["z", plain],
      ["Shift+Z", edited],
      ["Shift+Z", both],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(state, { timeout: 30_000, message: key }).toEqual(expected);
    }
    await page.keyboard.press("e");
    await expect.poll(names).toEqual([]);
    expect(param(page, "edits")).toBe("!zero head 3.2");
    await page.keyboard.press("z");
    await expect.poll(state, { timeout: 30_000 }).toEqual(both);
  }, 90_000);
});

describe("tables", () => {
  it("ranks heads by what silencing them does, beside the patterns", async () => {
    const page = await show(at(A));
    await page.locator(".own summary").click();
    await page.getByRole("button", { name: "Effect on next token, head by head" }).click();
    const chip = page.locator(".chip", { hasText: "Effect on next token" });
    await chip.waitFor({ timeout: 60_000 });
    const trace = await run(A);
    const truth = await headEffects(trace, (edits) => run(A, edits));
    const best = truth.values.indexOf(Math.max(...truth.values));
    const name = `${Math.floor(best / 5)}.${best % 5}`;
    await expect
      .poll(() => page.locator(".frow .id").first().textContent(), { timeout: 60_000 })
      .toBe(`Head ${name}`);
    await expect
      .poll(() => page.locator(".frow .value").first().textContent(), { timeout: 60_000 })
      .toBe(formatNumber(truth.values[best]!));
  }, 120_000);

  it("measures effects with the edits that are on, and patches in their place", async () => {
    const on: Edit = { op: "scale", at: "z", layer: 4, head: 0, value: 0 };
    const there: Edit = { op: "patch", at: "resid_pre", layer: 4, position: 6, from: "other" };
    const edits = "zero head 4.0;patch resid_pre of 4 at 6";
    const page = await show(at(A, `b=${B}&panel=patch&dock=open&l=4&edits=${edits}`));
    await page.locator(".hs-edited").first().waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Patch", exact: true }).click();
    const trace = await run(A, [on, there]);
    const truth = await runSweep(
      residSweep(trace),
      ([cell]) => {
        const same = cell!.layer === 4 && "position" in cell! && cell.position === 6;
        return run(A, [on, ...(same ? [] : [there]), cell!]);
      },
      divergenceMetric(trace),
    );
    await expect
      .poll(() => page.locator(".heat td").allTextContents(), { timeout: 60_000 })
      .toEqual([...truth.values].map((value) => formatNumber(value)));
    await page.locator(".own summary").click();
    await page.getByRole("button", { name: "Effect on next token, head by head" }).click();
    const silenced = await headEffects(trace, (more) => run(A, [on, there, ...more]));
    const best = silenced.values.indexOf(Math.max(...silenced.values));
    await expect
      .poll(() => page.locator(".frow .id").first().textContent(), { timeout: 60_000 })
      .toBe(`Head ${Math.floor(best / 5)}.${best % 5}`);
    const value = formatNumber(silenced.values[best]!);
    await expect.poll(() => page.locator(".frow .value").first().textContent()).toBe(value);
  }, 120_000);

  it("patches the stream from text B, cell by cell, and a cell opens as an edit", async () => {
    const page = await show(at(A, `b=${B}&panel=patch&dock=open`));
    await page.getByRole("button", { name: "Patch", exact: true }).click();
    const trace = await run(A);
    const truth = await runSweep(residSweep(trace), (edits) => run(A, edits), divergenceMetric(trace));
    const shown = () => page.locator(".heat td").allTextContents();
    await expect
      .poll(shown, { timeout: 60_000 })
      .toEqual([...truth.values].map((value) => formatNumber(value)));
    await page.locator(".heat tbody tr").nth(2).locator("td button").last().click();
    await page.locator(".edit small", { hasText: "Reached 1 place" }).waitFor({ timeout: 30_000 });
    expect(param(page, "edits")).toMatch(/^patch resid_pre of 2 at \d+$/);
  }, 120_000);

  it("looks through the lens", async () => {
    const page = await show(at(A, "panel=lens&dock=open"));
    await page.getByRole("button", { name: "Look through the lens" }).click();
    const { trace } = await model.run({ text: A }, { captures: LENS_CAPTURES });
    const word = (id: number) => model.tokenizer!.describe([id])[0]!.text;
    const lens = await logitLens(trace, (stream) => model.unembed(stream), { word });
    const truth = [...lens.probability.values].map(
      (value, i) => (lens.probability.words![i]!.trim() || "␣") + formatNumber(value),
    );
    await expect.poll(() => page.locator(".heat td").allTextContents(), { timeout: 60_000 }).toEqual(truth);
  }, 90_000);

  it("tells a logit apart by embedding, heads and mlps, adding up, and a head by source word", async () => {
    const page = await show(at(A, "panel=parts&dock=open&pin=6"));
    const { trace } = await model.run({ text: A }, { captures: ATTRIBUTION_CAPTURES });
    const word = async (text: string) =>
      (await model.tokens({ text, addSpecialTokens: false }))[0]!.tokens[0]!.id!;
    const readout = await model.readout([await word(" was"), await word(" saw")]);
    const where = { position: 6, target: 0, against: 1 };
    const truth = attribute(trace, readout, where);
    await page.getByLabel("Word", { exact: true }).fill("was");
    await page.getByLabel("against").fill("saw");
    await page.getByRole("button", { name: "Tell the logit apart" }).click();
    const parts = page.locator(".heat").first();
    await parts.waitFor({ timeout: 60_000 });
    const head = (layer: number, n: number) =>
      parts
        .locator("tbody tr")
        .nth(layer + 1)
        .locator("td")
        .nth(n);
    for (const [layer, n] of [
      [0, 0],
      [3, 2],
      [4, 4],
    ] as const)
      expect(await head(layer, n).textContent()).toBe(formatNumber(truth.heads.values[5 * layer + n]!));
    expect(await head(2, 5).textContent()).toBe(formatNumber(truth.mlps.values[2]!));
    const last = parts.locator("tbody tr").last().locator("td").last();
    expect(await last.textContent()).toBe(formatNumber(truth.logit));
    expect(Math.abs(truth.residue)).toBeLessThan(1e-3);
    expect(await page.locator(".sum b").textContent()).toBe(formatNumber(truth.logit, 3));
    await head(4, 1).locator("button").click();
    await expect.poll(() => [param(page, "l"), param(page, "h")]).toEqual(["4", "1"]);
    const sources = page.locator(".heat").nth(1);
    await expect
      .poll(() => sources.locator("thead th").last().textContent(), { timeout: 60_000 })
      .toBe("4.1");
    const from = attributeSources(trace, readout, where, { block: "self", layer: 4, head: 1 });
    expect(await sources.locator("td").allTextContents()).toEqual([...from].map((x) => formatNumber(x)));
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).first().click();
    expect((await download).suggestedFilename()).toBe("attribution.csv");
  }, 90_000);
});
