import { expect, it, vi } from "vitest";
import { later } from "../../../test/later.ts";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { attentionOf } from "../../trace/index.ts";
import { Asked } from "./asked.ts";
import { LayerRows } from "./layer-rows.ts";

const attention = () => attentionOf(syntheticTrace({ layers: 1, heads: 2, tokens: 4 }), "self");
const settled = () => new Promise((done) => setTimeout(done, 10));

it("asks once for the same rows, and tells when they are here", async () => {
  const pending = later(attention());
  const want = vi.spyOn(pending, "want");
  const [arrived, failed] = [vi.fn(), vi.fn()];
  const asked = new Asked(arrived, failed);
  const rows = new LayerRows(pending, 0);
  const missing = rows.missing([0, 1], [1, 2]);
  expect(missing).toHaveLength(4);
  expect([...rows.row(0, 1)]).toEqual([0, 0, 0, 0]);
  asked.ask(pending, missing);
  asked.ask(pending, missing);
  await settled();
  expect([want.mock.calls.length, arrived.mock.calls.length, failed.mock.calls.length]).toEqual([1, 1, 0]);
  expect(rows.missing([0, 1], [1, 2])).toEqual([]);
  expect([...rows.row(0, 1)]).toEqual([...attention().row(0, 0, 1)!]);
});

it("hears nothing of what was given up, and does not ask again for what cannot be had", async () => {
  const [arrived, failed] = [vi.fn(), vi.fn()];
  const asked = new Asked(arrived, failed);
  const pending = later(attention());
  asked.ask(pending, [{ layer: 0, head: 0, query: 0 }]);
  asked.forget();
  await settled();
  expect(arrived).not.toHaveBeenCalled();
  const broken = later(attention(), { problem: "gone" });
  const want = vi.spyOn(broken, "want");
  for (let i = 0; i < 2; i++) {
    asked.ask(broken, [{ layer: 0, head: 0, query: 0 }]);
    await settled();
  }
  expect([want.mock.calls.length, failed.mock.calls]).toEqual([1, [[new Error("gone")]]]);
});

it("rows of attention that is here are never asked for", () => {
  expect(new LayerRows(attention(), 0).missing([0, 1], [0, 1, 2])).toEqual([]);
});
