import { expect, test } from "vitest";
import {
  type Example,
  firstExample,
  groupOf,
  inGroups,
  placeOfExample,
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

test("the page begins with a model of its own, else with the first entry", () => {
  expect(firstExample([...recorded, ...live])).toBe(live[0]);
  expect(firstExample(recorded)).toBe(recorded[0]);
  expect(firstExample([])).toBeUndefined();
});

test("a first visit is offered live examples and one recorded run of each model", () => {
  const ids = (entries: readonly Example[]) => entries.map(({ id }) => id);
  expect(ids(tour([...recorded, ...live], 4))).toEqual(["stories-a", "stories-b", "gpt2-a", "bert-a"]);
  expect(ids(tour(recorded, 4))).toEqual(["gpt2-a", "bert-a", "opus-a", "gpt2-b"]);
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
