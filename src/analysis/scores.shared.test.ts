// Scores of heads whose behaviour is published, on attention recorded by TransformerLens (MIT).

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { sharedPath } from "../../test/support/shared.ts";
import { traceFromAttention } from "../trace/index.ts";
import { scoreHead } from "./score-tables.ts";
import { scoreById } from "./scores.ts";

it("GPT-2 5.5 is an induction head on repeated random tokens", () => {
  const file = sharedPath("data", "recorded", "circuitsvis", "gpt2-induction-L5H5-a.json.gz");
  const { attention, tokens } = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
  const trace = traceFromAttention({ attention: [attention], tokens });
  expect(scoreHead(scoreById("induction")!, trace, "self", 0, 0)).toBeCloseTo(0.88, 2);
});
