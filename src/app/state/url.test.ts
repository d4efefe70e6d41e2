import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Edit } from "../../trace/index.ts";
import { type Place, START } from "./place.ts";
import { addressOf, lastName, readUrl, refusedIn, unreadEdits, writeUrl } from "./url.ts";

const place: fc.Arbitrary<Place> = fc
  .record({
    model: fc.constantFrom(null, "stories-gpt2", "org/name@main", "https://example.org/model/"),
    text: fc.string({ unit: "grapheme", maxLength: 60 }),
    pair: fc.string({ maxLength: 20 }),
    target: fc.string({ maxLength: 20 }),
    image: fc.constantFrom("", "a cat.png"),
    chat: fc.boolean(),
    more: fc.option(
      fc.record({
        tokens: fc.integer({ min: 1, max: 1000 }),
        temperature: fc.constantFrom(0, 0.7, 1.25),
        topK: fc.option(fc.integer({ min: 1, max: 99 })),
        topP: fc.constantFrom(null, 0.9, 1),
        seed: fc.nat(999),
      }),
    ),
    edits: fc.array(
      fc.record({
        edit: fc.constantFrom<Edit>(
          { op: "scale", at: "z", layer: 4, head: 11, value: 0 },
          { op: "block", at: "scores", layer: 5, head: 3, query: 7, key: 2 },
          { op: "scale", at: "q", layer: 1, head: [0, 3], unit: [2, 6], value: 0.5 },
          { op: "patch", at: "resid_pre", layer: 0, position: -1, from: "other" },
        ),
        on: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    b: fc.string({ maxLength: 20 }),
    compare: fc.constantFrom("off" as const, "side" as const, "difference" as const),
    trace: fc.constantFrom(null, "gallery/fox.trace.safetensors"),
    block: fc.constantFrom(null, "cross" as const, "encoder" as const, "all" as const),
    layer: fc.option(fc.nat(95)),
    beside: fc.uniqueArray(fc.nat(99), { maxLength: 3 }).map((layers) => layers.sort((a, b) => a - b)),
    heads: fc.uniqueArray(fc.nat(63), { minLength: 1, maxLength: 5 }).map((a) => a.sort((x, y) => x - y)),
    pins: fc.option(fc.uniqueArray(fc.nat(500), { maxLength: 4 })),
    side: fc.constantFrom("query" as const, "key" as const),
    view: fc.constantFrom(null, "lines" as const, "matrix" as const),
    orientation: fc.constantFrom("vertical" as const, "horizontal" as const),
    dock: fc.constantFrom("neurons" as const, "closed" as const),
    panel: fc.constantFrom(
      "neurons" as const,
      "edits" as const,
      "lens" as const,
      "patch" as const,
      "parts" as const,
    ),
    vec: fc.constantFrom("k" as const, "v" as const),
    filter: fc.constantFrom("all" as const, "ab" as const, "bb" as const),
    hide: fc.boolean(),
    strongest: fc.integer({ min: 1, max: 100 }),
    least: fc.constantFrom(0, 2, 12.5),
    read: fc.constantFrom("plain" as const, "words" as const, "z" as const),
    colors: fc.constantFrom("root" as const, "rank" as const),
    score: fc.constantFrom(null, "previous"),
    sort: fc.constantFrom("grid" as const, "score" as const),
    to: fc.uniqueArray(fc.nat(500), { maxLength: 3 }),
    pattern: fc.constantFrom("", "from `,` to the word before it"),
    tab: fc.constantFrom("map" as const, "head" as const, "neurons" as const),
    theme: fc.constantFrom(null, "light" as const, "dark" as const),
  })
  .chain((p) => fc.constantFrom(...p.heads).map((focus) => ({ ...p, focus })));

describe("the address", () => {
  test("holds every part of a place and gives it back", () => {
    fc.assert(
      fc.property(place, (p) => {
        expect(readUrl("", `#${writeUrl(p)}`)).toEqual(p);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  test("of the start is empty", () => {
    expect(writeUrl(START)).toBe("");
    expect(readUrl("", "")).toEqual(START);
  });

  test("leaves out edits that are none, and says which", () => {
    const hash = "#edits=zero+head+1.0;make+it+so;!block+7>2+in+5.3";
    expect(unreadEdits("", hash)).toEqual(["make it so"]);
    expect(readUrl("", hash).edits).toEqual([
      { edit: { op: "scale", at: "z", layer: 1, head: 0, value: 0 }, on: true },
      { edit: { op: "block", at: "scores", layer: 5, head: 3, query: 7, key: 2 }, on: false },
    ]);
  });

  test("says which of its references are never followed", () => {
    expect(refusedIn("", "#model=gpt2&trace=a/b.safetensors")).toEqual([]);
    expect(refusedIn("?model=../x", "#trace=file:///etc/x&text=a")).toEqual(["model", "trace"]);
  });

  test("may stand in the query too, and the hash wins", () => {
    expect(readUrl("?l=3&h=1,2", "#l=4")).toMatchObject({ layer: 4, heads: [1, 2], focus: 1 });
  });

  test("no pin is not the same as no word about pins", () => {
    expect(readUrl("", "#pin=none").pins).toEqual([]);
    expect(readUrl("", "#l=1").pins).toBeNull();
  });

  test("from strangers never throws and never leaves its bounds", () => {
    const names = [
      ..."lhm",
      "focus",
      "pin",
      "view",
      "dock",
      "vec",
      "filter",
      "block",
      "score",
      "strongest",
      "trace",
    ];
    const hostile = fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ unit: "binary" })));
    fc.assert(
      fc.property(hostile, (pairs) => {
        const hash = pairs.map(([name, value]) => `${name}=${value}`).join("&");
        const read = readUrl("", `#${hash}`);
        expect(read.heads.every((h) => Number.isInteger(h) && h >= 0)).toBe(true);
        expect(read.strongest).toBeGreaterThan(0);
        expect(readUrl("", `#${writeUrl(read)}`)).toEqual({ ...read, focus: expect.toSatisfy(() => true) });
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "//evil.example/x",
    "/etc/passwd",
    "../../secret",
    "a/../../b",
    "\\\\host\\share",
    "http:evil",
    " http://x",
    "x".repeat(2001),
  ])("refuses the trace %s", (trace) => {
    expect(readUrl("", `#${new URLSearchParams({ trace })}`).trace).toBeNull();
  });

  test.each(["l=-1", "l=1e3", "l=99999999", "h=a,,b", "h=1.5", "strongest=0", "strongest=101", "view=all"])(
    "leaves out %s",
    (hash) => {
      expect(readUrl("", `#${hash}`)).toEqual(START);
    },
  );

  test("cuts a text that is longer than anyone types", () => {
    expect(readUrl("", `#text=${"a".repeat(50_000)}`).text).toHaveLength(20_000);
  });
});

describe("names that people have", () => {
  const NAMES = [
    "my model",
    "a+b",
    "gpt2@v1",
    "a,b",
    "a=b",
    "a&b",
    "a#b",
    "100%",
    "50%25",
    "step:100",
    "$x",
    "a[b]",
  ];

  test.each([...NAMES, "what?", "a\\b", "a\tb", "na\u00efve", "\u{1f431}", "%"])(
    "%s comes back from a link",
    (name) => {
      const path = `local/0123456789ab/${encodeURIComponent(name)}/`;
      const written = `#model=${path.replaceAll("%", "%25")}`;
      const { model } = readUrl("", written);
      expect(model).toBe(path);
      expect(readUrl("", `#${writeUrl({ ...START, model })}`).model).toBe(path);
      const url = new URL(addressOf(model!), "http://localhost:4173/");
      expect(decodeURIComponent(url.pathname.split("/")[3]!)).toBe(name);
      expect(lastName(model!)).toBe(name.replace("\t", "\ufffd"));
    },
  );

  test.each([
    "traces/my trace.safetensors",
    "traces/50%.safetensors",
    "a#b.safetensors",
    "x/step:100.safetensors",
  ])("%s may be written as it is, below a page on any host", (trace) => {
    const read = readUrl("", `#trace=${encodeURIComponent(trace)}`).trace!;
    const url = new URL(addressOf(read), "https://host/page/");
    expect(url.href.startsWith("https://host/page/")).toBe(true);
    expect(decodeURIComponent(url.pathname)).toBe(`/page/${trace}`);
  });

  test("a name is never longer than its address, and never turns the line", () => {
    expect(lastName("https://127.0.0.1:1/%")).toBe("%");
    expect(lastName("http://host/a%E2%80%AEgnp.exe")).toBe("a\ufffdgnp.exe");
    expect(readUrl("", "#model=http://[").model).toBeNull();
  });
});
