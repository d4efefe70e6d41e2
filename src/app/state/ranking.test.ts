import { expect, test } from "vitest";
import { bestHead, labelsOf, rank, searched } from "./ranking.ts";

const score = {
  label: "previous token",
  threshold: 0.5,
  heads: 3,
  values: Float32Array.of(0.1, Number.NaN, 0.75, -0.9, 0.5, 0.1),
};

test("heads by size, unrecorded ones left out, equal ones in the model's order", () => {
  const { rows, above } = rank(score);
  expect(rows.map((r) => `${r.layer}.${r.head}`)).toEqual(["1.0", "0.2", "1.1", "0.0", "1.2"]);
  expect(above).toBe(3);
  expect(bestHead(score)).toMatchObject({ layer: 1, head: 0 });
});

test("without scores the first head is the best", () => {
  expect(bestHead(undefined)).toEqual({ layer: 0, head: 0 });
});

test("a head carries the labels whose threshold it reaches", () => {
  expect(labelsOf([score], 0, 2)).toEqual(["previous token"]);
  expect(labelsOf([score], 0, 0)).toEqual([]);
  expect(labelsOf([score], 0, 1)).toEqual([]);
});

test("a search finds heads by the beginning of their number, or by a part of a label", () => {
  const { rows } = rank(score);
  const find = (query: string) =>
    searched(rows, query, ({ layer, head }) => labelsOf([score], layer, head)).map(
      (r) => `${r.layer}.${r.head}`,
    );
  expect(find(" ")).toHaveLength(5);
  expect(find("1.")).toEqual(["1.0", "1.1", "1.2"]);
  expect(find("0.2")).toEqual(["0.2"]);
  expect(find("Previous")).toEqual(["1.0", "0.2", "1.1"]);
  expect(find("11")).toEqual([]);
});
