import { describe, expect, it } from "vitest";
import { readRecorded } from "../../test/figures/recorded.ts";
import { syntheticTrace } from "../../test/synthetic.ts";
import { NO_FILTER, type Selection } from "../views/index.ts";
import type { FigureRequest } from "./figure.ts";
import { numbersOf, toCsv, toTsv } from "./numbers.ts";

const trace = syntheticTrace({ layers: 2, heads: 4, tokens: 9, seed: 2 });
const john = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const selection: Selection = { block: "self", layer: 1, heads: [2], focus: 2, pins: [8], side: "query" };
const request: FigureRequest = { view: "matrix", trace, selection, filter: NO_FILTER };

describe("numbers of", () => {
  it("a matrix are its weights as they are, nothing where masked", () => {
    const { columns, rows } = numbersOf(request);
    expect(columns.slice(0, 4)).toEqual(["position", "word", "0 the", "1 quick"]);
    const weights = trace.attention("self", 1, 2);
    for (const [query, row] of rows.entries()) {
      const numbers = row.slice(2);
      expect(numbers.slice(0, query + 1)).toEqual([...weights.subarray(query * 9, query * 9 + query + 1)]);
      expect(numbers.slice(query + 1)).toEqual(new Array(8 - query).fill(null));
    }
  });

  it("a matrix leave out what the filter leaves out", () => {
    const { columns } = numbersOf({ ...request, filter: { ...NO_FILTER, hideFirst: true } });
    expect(columns[2]).toBe("1 quick");
  });

  it("all heads are their scores, a line each", () => {
    const { columns, rows } = numbersOf({ ...request, view: "model" });
    expect(columns.slice(0, 3)).toEqual(["layer", "head", "Previous token"]);
    expect(rows.map((row) => row.slice(0, 2))).toEqual(
      [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [layer, head])),
    );
  });

  it("neurons: products add up to the score times the root of the head size", () => {
    const own = { ...selection, heads: [10], focus: 10 };
    const { columns, rows } = numbersOf({ ...request, trace: john, view: "neuron", selection: own });
    expect(columns).toHaveLength(4 + 64);
    const last = rows.at(-1)!;
    expect(last.slice(0, 2)).toEqual([8, "Smith"]);
    const sum = last.slice(4).reduce<number>((total, value) => total + Number(value), 0);
    expect(sum / 8).toBeCloseTo(Number(last[2]), 3);
    const shares = rows.find((row) => row[1] === "share of the pattern")!;
    expect(shares.slice(4).reduce<number>((total, value) => total + Number(value), 0)).toBeCloseTo(1, 4);
  });

  it("a view that shows nothing are refused with its reason", () => {
    expect(() => numbersOf({ ...request, view: "neuron" })).toThrow("no queries and keys");
    expect(() => numbersOf({ ...request, selection: { ...selection, layer: 7 } })).toThrow();
  });
});

it("tables as CSV quote what needs it, and as TSV hold no tabs of their own", () => {
  const table = {
    columns: ["a", 'say "x"'],
    rows: [
      ["1,5", null],
      ["line\nend", -0.25],
    ],
  };
  expect(toCsv(table)).toBe('a,"say ""x"""\r\n"1,5",\r\n"line\nend",-0.25\r\n');
  expect(toTsv(table)).toBe('a\tsay "x"\n1,5\t\nline end\t-0.25');
});
