// Configurations that people published: each opens over a small model of ours as it does without its unusual keys, and
// says which of them nothing reads; or it is refused for the right reason. facts.json holds what is unusual about them
// and where it was found; scripts/check-published.py holds the same against Transformers.

import { readFileSync } from "node:fs";
import { expect, describe as group, it } from "vitest";
import type { Config } from "../../src/checkpoint/index.ts";
import { describe, familyOf } from "../../src/engine/architectures/index.ts";

interface Fact {
  readonly name: string;
  readonly source: string;
  readonly family: string;
  readonly class?: string;
  /** Null where the file has no model_type. */
  readonly type?: null;
  /** Unusual keys and their values; sizes are cut to those of the small model. */
  readonly keys: Config;
  /** What changes the numbers among them; left out: nothing. */
  readonly without?: Config;
  /** The keys that headscope has to note. */
  readonly noted?: readonly string[];
  /** Part of the message of those that have to be refused. */
  readonly refused?: string;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as unknown;
const FACTS = read("./facts.json") as readonly Fact[];
const SMALL = read("./small.json") as Readonly<Record<string, Config>>;

/** The small model of a family with some keys, named as the file names it. */
function configOf(fact: Fact, keys: Config): Config {
  return {
    ...SMALL[fact.family],
    ...(fact.type !== null && { model_type: fact.family }),
    ...(fact.class && { architectures: [fact.class] }),
    ...keys,
  };
}

group("published configurations", () => {
  it("are at least sixty, each with its source", () => {
    expect(FACTS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(FACTS.map(({ source }) => source)).size).toBe(FACTS.length);
    expect(FACTS.every(({ source }) => source.startsWith("https://"))).toBe(true);
  });

  it.each(FACTS.filter(({ refused }) => refused === undefined))("$name opens", (fact) => {
    const config = configOf(fact, fact.keys);
    const found = describe(config, new Map());
    const plain = describe(configOf(fact, fact.without ?? {}), new Map());
    expect(familyOf(config).type).toBe(fact.family);
    expect(found.unused).toEqual(fact.noted);
    expect(found.headless).toBeNull();
    expect({ ...found.description, eos: [] }).toEqual({ ...plain.description, eos: [] });
  });

  it.each(FACTS.filter(({ refused }) => refused !== undefined))(
    "$name is refused with the reason",
    (fact) => {
      expect(() => describe(configOf(fact, fact.keys), new Map())).toThrow(fact.refused);
    },
  );
});
