import { describe, expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import type { Tensor } from "../../tensor/index.ts";
import { Trace } from "../../trace/index.ts";
import { ago } from "./ago.ts";
import { draftOf } from "./draft.ts";
import { readEdits } from "./edits/edits.ts";
import { type Place, START } from "./place.ts";
import { leaveRecent, takeRecent } from "./recent-kept.ts";
import { MOST_BYTES, MOST_LISTED, MOST_WHOLE, RecentRuns } from "./recent-runs.ts";
import type { Run } from "./run.ts";

const small = (seed = 1) => syntheticTrace({ layers: 2, heads: 2, tokens: 5, seed });

/** A trace that says to hold this many bytes; nobody fills them. */
function large(bytes: number): Trace {
  const { manifest } = small();
  const data = { buffer: { byteLength: bytes } } as unknown as Float32Array;
  return new Trace(manifest, new Map([["x", { dtype: "F32", shape: [1], data } as unknown as Tensor]]));
}

const at = (text: string, changed: Partial<Place> = {}): Place => ({
  ...START,
  model: "m",
  text,
  ...changed,
});

function runOf(text: string, changed: Partial<Run> = {}): Run {
  const input = { ...draftOf(START), text };
  return { trace: small(), seconds: 1, example: null, picture: null, input, ...changed };
}

const texts = (runs: RecentRuns) => runs.list.value.map(({ about }) => about.text);

describe("recent runs", () => {
  test("the newest first, each with model, text, tokens and edits", () => {
    const runs = new RecentRuns();
    runs.put(at("one"), runOf("one"), 1);
    const { edits } = readEdits("zero head 0.1;!zero head 1.1");
    runs.put(at("two  words ", { edits }), runOf("two  words "), 2);
    expect(texts(runs)).toEqual(["two words", "one"]);
    expect(runs.list.value[0]!.about).toEqual({
      model: "synthetic",
      text: "two words",
      tokens: 5,
      edits: 1,
      recorded: false,
    });
    runs.put(at("x".repeat(500)), runOf("x".repeat(500), { seconds: null }), 3);
    expect(runs.list.value[0]!.about).toMatchObject({ text: `${"x".repeat(120)}…`, recorded: true });
  });

  test("looked at again a run keeps its place in the list, and takes what the view was left at", () => {
    const runs = new RecentRuns();
    const [one, two] = [runOf("one"), runOf("two")];
    runs.put(at("one"), one, 1);
    runs.put(at("two"), two, 2);
    runs.leave(at("two", { layer: 1, pins: [3] }), two);
    runs.put(at("one"), { ...one, seconds: 2 }, 3);
    expect(texts(runs)).toEqual(["two", "one"]);
    expect(runs.list.value[0]!.place).toMatchObject({ layer: 1, pins: [3] });
    expect(runs.get(at("two", { layer: 0 }))).toBe(two);
    expect(runs.entryOf({ ...one })).toBe(runs.list.value[1]);
  });

  test("run again a text has one entry; with another text B it has one more", () => {
    const runs = new RecentRuns();
    runs.put(at("one"), runOf("one"), 1);
    const again = runOf("one");
    runs.put(at("one"), again, 2);
    expect(runs.list.value.map(({ run, made }) => [run, made])).toEqual([[again, 2]]);
    const against = { ...again, b: small(2) };
    const compared = at("one", { b: "two", compare: "side" });
    runs.put(compared, against, 3);
    expect(runs.list.value.map(({ run }) => run)).toEqual([against]);
    expect(runs.get(at("one"))).toBe(against);
    const other = { ...again, b: small(3) };
    runs.put({ ...compared, b: "three" }, other, 4);
    expect([runs.get(compared), runs.get({ ...compared, b: "three" })]).toEqual([against, other]);
    expect(runs.get({ ...compared, b: "four" })).toBeNull();
  });

  test("keeps so many whole; older ones are addresses, and files of this machine leave the list", () => {
    const runs = new RecentRuns();
    runs.put(at("", { model: null, trace: "opened:mine.json" }), runOf("file"), 0);
    for (let i = 1; i <= MOST_LISTED + 2; i++) {
      runs.put(at(`text ${i}`), runOf(`text ${i}`), i);
      if (i === MOST_WHOLE - 1) expect(texts(runs)).toContain("file");
      if (i === MOST_WHOLE) expect(texts(runs)).not.toContain("file");
    }
    const { value: list } = runs.list;
    expect([list.length, list[0]!.about.text]).toEqual([MOST_LISTED, `text ${MOST_LISTED + 2}`]);
    expect(list.map(({ run }) => run !== null)).toEqual(list.map((_, i) => i < MOST_WHOLE));
    expect(runs.get(at("text 5"))).toBeNull();
    expect(list.at(-1)!.place.text).toBe("text 3");
  });

  test("lets go of what was not looked at for longest", () => {
    const runs = new RecentRuns();
    const first = runOf("text 0");
    runs.put(at("text 0"), first, 0);
    for (let i = 1; i < MOST_WHOLE; i++) runs.put(at(`text ${i}`), runOf(`text ${i}`), i);
    runs.put(at("text 0"), first, MOST_WHOLE);
    runs.put(at("new"), runOf("new"), MOST_WHOLE + 1);
    expect([runs.get(at("text 0")), runs.get(at("text 1"))]).toEqual([first, null]);
  });

  test("is bounded in bytes; what runs share counts once, and the one that is shown stays", () => {
    const runs = new RecentRuns();
    const half = large(MOST_BYTES / 2);
    const [a, b] = [runOf("a", { trace: half }), runOf("b", { trace: large(MOST_BYTES / 2), before: half })];
    runs.put(at("a"), a, 1);
    runs.put(at("b"), b, 2);
    expect([runs.get(at("a")), runs.get(at("b"))]).toEqual([a, b]);
    runs.put(at("c"), runOf("c", { trace: large(1) }), 3);
    expect([runs.get(at("a")), runs.get(at("b"))]).toEqual([null, null]);
    const huge = runOf("huge", { trace: large(2 * MOST_BYTES) });
    runs.put(at("huge"), huge, 4);
    expect([runs.get(at("huge")), runs.get(at("c"))]).toEqual([huge, null]);
    expect(texts(runs)).toEqual(["huge", "c", "b", "a"]);
  });

  test("removes one, and those of a model that is gone", () => {
    const runs = new RecentRuns();
    runs.put(at("one"), runOf("one"), 1);
    runs.put(at("two", { model: "opened:mine" }), runOf("two"), 2);
    runs.forget("opened:mine");
    expect(texts(runs)).toEqual(["one"]);
    runs.remove(runs.list.value[0]!.id);
    expect(texts(runs)).toEqual([]);
  });
});

describe("over a reload", () => {
  const storage = () => {
    const items = new Map<string, string>();
    return {
      getItem: (name: string) => items.get(name) ?? null,
      setItem: (name: string, value: string) => void items.set(name, value),
    };
  };

  test("addresses are kept, and a run of the same text takes the place of one", () => {
    const [runs, kept] = [new RecentRuns(), storage()];
    runs.put(at("one"), runOf("one"), 1);
    runs.put(at("photo", { image: "dog.png" }), runOf("photo"), 2);
    runs.put(at("two", { layer: 1, heads: [1], focus: 1 }), runOf("two"), 3);
    leaveRecent(kept, runs.list.value);
    const next = new RecentRuns();
    next.restore(takeRecent(kept));
    expect(texts(next)).toEqual(["two", "one"]);
    expect(next.list.value[0]).toMatchObject({ run: null, made: 3, place: { text: "two", layer: 1 } });
    expect(next.get(at("two"))).toBeNull();
    next.put(at("one"), runOf("one"), 9);
    expect(next.list.value.map(({ run, about }) => [about.text, run !== null])).toEqual([
      ["one", true],
      ["two", false],
    ]);
  });

  test("what makes no sense is left out, and a storage that is full is no error", () => {
    const kept = storage();
    const entry = { hash: "model=m&text=a", made: 1 };
    const about = { model: "m", text: "a", tokens: 1, edits: 0, recorded: false };
    const damaged = [
      null,
      3,
      { ...entry },
      { ...entry, about: { ...about, tokens: "1" } },
      { ...entry, about },
    ];
    kept.setItem("headscope.recent", JSON.stringify(damaged));
    expect(takeRecent(kept)).toHaveLength(1);
    for (const broken of ["{", "{}", "7"]) {
      kept.setItem("headscope.recent", broken);
      expect(takeRecent(kept)).toEqual([]);
    }
    const full = {
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(() => leaveRecent(full, [])).not.toThrow();
  });
});

test("how long ago something was", () => {
  const told = [0, 59, 60, 3599, 3600, 86_399, 86_400, -5].map((seconds) => ago(0, seconds * 1000));
  expect(told).toEqual([
    "just now",
    "just now",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "23 h ago",
    "1 d ago",
    "just now",
  ]);
});
