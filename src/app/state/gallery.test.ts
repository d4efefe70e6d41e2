import { expect, test } from "vitest";
import {
  type Example,
  firstExample,
  groupOf,
  inGroups,
  placeOfExample,
  recordedOther,
  stepExample,
  tour,
} from "./gallery.ts";
import { START } from "./place.ts";

const entry = (trace: string, model: string | null = null): Example => ({
  id: trace,
  title: trace,
  text: "",
  trace: `traces/${trace}.safetensors`,
  state: "",
  model,
  input: { text: "a" },
});
const recorded = [entry("gpt2-a"), entry("gpt2-b"), entry("bert-a"), entry("opus-a")];
const live = [
  entry("stories-a", "stories-gpt2"),
  entry("stories-b", "stories-gpt2"),
  entry("stories-c", "x"),
];

test("the page begins with the first example of the tour, else with the first entry", () => {
  const tour = { ...live[0]!, chip: "short" };
  expect(firstExample([...recorded, tour])).toBe(tour);
  expect(firstExample(recorded)).toBe(recorded[0]);
  expect(firstExample([])).toBeUndefined();
});

test("a first visit is offered the examples that have a short name", () => {
  const named = [recorded[1]!, live[2]!].map((example) => ({ ...example, chip: "short" }));
  expect(tour([...recorded, ...named, ...live])).toEqual(named);
  expect(tour(recorded)).toEqual(recorded);
});

test("text B has a recorded run where the same model has one", () => {
  const place = { ...START, model: "stories-gpt2", b: "a" };
  expect(recordedOther([...recorded, ...live], place)).toBe(live[0]);
  expect(recordedOther(live, { ...place, model: "y" })).toBeUndefined();
  expect(recordedOther(live, { ...place, b: "" })).toBeUndefined();
});

test("an example says how tall the neurons are, unless they were closed by hand", () => {
  const example = { ...live[0]!, state: "l=1&h=0&dock=open" };
  expect(placeOfExample(example, START).dock).toBe("open");
  expect(placeOfExample(example, { ...START, dock: "closed" }).dock).toBe("closed");
});

test("the gallery is walked through group by group, around its ends", () => {
  const translator = entry("translate-en-de-swim", "translate-en-de");
  const all = [translator, ...live, ...recorded];
  expect([groupOf(recorded[0]!), groupOf(live[0]!), groupOf(translator), groupOf(entry("opus-a"))]).toEqual([
    "Figures of the paper",
    "Small models",
    "Translators",
    "Translators",
  ]);
  const ids = inGroups(all).map(({ id }) => id);
  expect(ids.slice(0, 4)).toEqual(["gpt2-a", "gpt2-b", "bert-a", "stories-a"]);
  expect(stepExample(all, "bert-a", 1)?.id).toBe("stories-a");
  expect(stepExample(all, ids[0]!, -1)?.id).toBe(ids.at(-1));
  expect(stepExample(all, null, 1)?.id).toBe(ids[0]);
});
