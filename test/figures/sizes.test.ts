// How large figures and offline pages of 12 x 12 heads on 128 tokens are: what a mail and a paper take.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { figureOf } from "../../src/export/figure.ts";
import { printHtml } from "../../src/export/html.ts";
import { NO_FILTER, type Selection } from "../../src/views/index.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";
import { syntheticTrace } from "../synthetic.ts";

const trace = syntheticTrace({ layers: 12, heads: 12, tokens: 128, store: "qk", headSize: 64 });
const selection: Selection = { block: "self", layer: 4, heads: [11], focus: 11, pins: [], side: "query" };

beforeAll(() => build());

it("the offline page is under 2 MB and leaves no head out", async () => {
  const script = readFileSync(
    fileURLToPath(new URL("../../dist/panel/headscope.js", import.meta.url)),
    "utf8",
  );
  const { html, leftOut } = await printHtml(trace, {
    selection,
    state: { view: "panel", selection },
    script,
  });
  expect(html.length).toBeLessThan(2e6);
  expect(leftOut).toEqual([]);
});

it("the map as SVG is under 3 MB", () => {
  const request = { view: "model", trace, selection, filter: NO_FILTER } as const;
  const { scene } = figureOf(request, { width: 680, theme: "light", measure: tableMeasure });
  expect(printSvg(scene).length).toBeLessThan(3e6);
});
