// Every key of every family's config class in Transformers is handled (another value gives another description),
// refused, or declared irrelevant (and then gives the same description); every other key is noted.

import { readFileSync } from "node:fs";
import { expect, describe as group, it } from "vitest";
import type { Config } from "../checkpoint/index.ts";
import { describe, FAMILIES } from "./architectures/index.ts";
import { IRRELEVANT } from "./config-reader.ts";
import { UnsupportedModelError } from "./errors.ts";

interface Listed {
  readonly defaults: Config;
  readonly renamed: Readonly<Record<string, string>>;
}
const listed = (
  JSON.parse(readFileSync(new URL("../../test/fixtures/config-keys.json", import.meta.url), "utf8")) as {
    families: Record<string, Listed>;
  }
).families;

/** Settings under which keys matter that do nothing by default; undefined leaves a key out. */
const CONTEXTS: Readonly<Record<string, readonly Config[]>> = {
  "deberta-v2": [
    { relative_attention: true, pos_att_type: ["c2p"], max_relative_positions: 100 },
    { relative_attention: true, pos_att_type: "p2c", position_buckets: 32 },
  ],
  bloom: [{ pretraining_tp: 2 }, { slow_but_exact: true }],
  gpt_neo: [{ attention_layers: undefined }],
  t5: [{ dense_act_fn: undefined, is_gated_act: undefined }],
  mt5: [{ dense_act_fn: undefined, is_gated_act: undefined }],
  qwen2: [{ use_sliding_window: true, sliding_window: 16, layer_types: undefined }],
  qwen3: [{ use_sliding_window: true, sliding_window: 16, layer_types: undefined }],
  qwen2_moe: [
    { mlp_only_layers: [0] },
    { use_sliding_window: true, sliding_window: 16, layer_types: undefined },
  ],
  qwen3_moe: [{ mlp_only_layers: [0] }, { use_sliding_window: true, sliding_window: 16 }],
  smollm3: [
    { use_sliding_window: true, sliding_window: 16, layer_types: undefined },
    { no_rope_layers: undefined, layer_types: undefined },
  ],
  phi3: [
    {
      original_max_position_embeddings: 2048,
      rope_parameters: {
        rope_type: "longrope",
        short_factor: Array(48).fill(1),
        long_factor: Array(48).fill(2),
      },
    },
  ],
};

/** Common keys that some families read for ids, labels or the class. */
const READ_APART =
  "architectures eos_token_id pad_token_id id2label num_labels decoder_start_token_id model_type".split(" ");

/** Spellings of older files; what a family does not know it must note. */
const OLDER: Config = {
  rope_theta: 12345,
  rope_scaling: { type: "linear", factor: 2 },
  partial_rotary_factor: 0.7,
  rotary_pct: 0.7,
  rotary_emb_base: 12345,
  rope_local_base_freq: 12345,
  sliding_window_pattern: 3,
  global_attn_every_n_layers: 2,
  n_embed: 96,
};

/** The description as text, empty where the config is refused. */
function outcome(config: Config): { text: string; refused: string | null } {
  try {
    return { text: JSON.stringify(describe(config, new Map()).description), refused: null };
  } catch (error) {
    expect(error).toBeInstanceOf(UnsupportedModelError);
    return { text: "", refused: (error as Error).message };
  }
}

/** Keys that are noted; none where the config is refused. */
function noted(config: Config): readonly string[] {
  return outcome(config).refused === null ? describe(config, new Map()).unused : [];
}

/** Other values of the kind that a default is of. */
function others(value: unknown): unknown[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value * 2 + 2, value + 1, value / 2];
  if (typeof value === "string") return ["relu", "gelu", "linear", "no such thing"];
  if (Array.isArray(value)) return [[], [...value].reverse(), value.slice(1), ["no such thing"]];
  if (value === null || value === undefined) return [3, true, 0.5, "no such thing", [1], { key: 1 }];
  return [{ ...value, "no such thing": 1 }];
}

/** A config with one value, possibly nested, replaced. */
function changed(config: Config, [key, ...rest]: readonly string[], value: unknown): Config {
  const inner = rest.length ? changed((config[key!] ?? {}) as Config, rest, value) : value;
  return { ...config, [key!]: inner };
}

/** Paths of all values, nested ones of settings objects too. */
function paths(config: Config): string[][] {
  return Object.entries(config).flatMap(([key, value]) => {
    const nested = typeof value === "object" && value !== null && !Array.isArray(value) && key !== "id2label";
    return nested ? [[key], ...paths(value as Config).map((path) => [key, ...path])] : [[key]];
  });
}

function valueAt(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Config | undefined)?.[key], config);
}

interface Base {
  readonly config: Config;
  readonly text: string;
}

/** Configs of a family to start from: the defaults, the contexts above, and each class. */
function bases(type: string): Base[] {
  const plain: Config = { ...listed[type]!.defaults, model_type: type };
  const classes = describe({ ...plain, architectures: ["?"] }, new Map()).headless?.known ?? [];
  const more = [...(CONTEXTS[type] ?? []), ...classes.map((name) => ({ architectures: [name] }))];
  return [{}, ...more].map((context) => {
    const config = { ...plain, ...context };
    const { text, refused } = outcome(config);
    expect(refused).toBeNull();
    return { config, text };
  });
}

/** Whether another value of a key changes the description of some base, or is refused. */
function heard(all: readonly Base[], path: readonly string[]): boolean {
  return all.some(({ config, text }) =>
    others(valueAt(config, path)).some((value) => {
      const other = changed(config, path, value);
      return outcome(other).text !== text || noted(other).some((key) => key.startsWith(`${path[0]}.`));
    }),
  );
}

/** Every one of `keys` with its n-th other value. */
function allChanged({ config }: Base, keys: readonly string[], n: number): Config {
  const values = keys.map((key) => [key, others(config[key])[n] ?? null]);
  return { ...config, ...Object.fromEntries(values) };
}

/** Whether a key is declared irrelevant: by itself, or within the config of a part. */
function silent(declared: ReadonlySet<string>, path: readonly string[]): boolean {
  const [first, second] = path as [string, string?];
  if (second === undefined || !first.endsWith("_config")) return declared.has(first);
  return declared.has(`${first}.${second}`) || declared.has(second);
}

group.each(FAMILIES)("$type", ({ type, irrelevant }) => {
  const all = bases(type);
  const declared = new Set([...IRRELEVANT, ...irrelevant]);

  it("takes no key in silence", () => {
    const asked = paths(listed[type]!.defaults).filter((path) => {
      return !silent(declared, path) && !READ_APART.includes(path[0]!);
    });
    expect(asked.filter((path) => !heard(all, path)).map((path) => path.join("."))).toEqual([]);
  });

  it("is the same for whatever is in a key that it calls irrelevant", () => {
    const keys = [...declared].filter((key) => !READ_APART.includes(key));
    for (const base of all) {
      const same = [0, 1, 2, 3, 4, 5].every((n) => outcome(allChanged(base, keys, n)).text === base.text);
      expect(same ? [] : keys.filter((key) => heard([base], [key]))).toEqual([]);
    }
  });

  it("lets the other name of a key win, as Transformers does", () => {
    for (const [alias, own] of Object.entries(listed[type]!.renamed)) {
      const wanted = outcome({ model_type: type, [own]: 48 });
      expect(wanted.text).not.toBe(outcome({ model_type: type }).text);
      expect(outcome({ model_type: type, [own]: 96, [alias]: 48 })).toEqual(wanted);
    }
  });

  it("handles, refuses or notes older spellings", () => {
    const plain = outcome({ model_type: type }).text;
    const silent = Object.keys(OLDER).filter((key) => {
      const config = { model_type: type, [key]: OLDER[key] };
      return !declared.has(key) && outcome(config).text === plain && !noted(config).includes(key);
    });
    expect(silent).toEqual([]);
  });

  it("notes a key that is no field of its class, once and whatever its value", () => {
    const config = { model_type: type, no_such_key: 3, another: { of: "them" }, off: null };
    expect(describe(config, new Map())).toMatchObject({
      description: describe({ model_type: type }, new Map()).description,
      unused: ["no_such_key", "another"],
    });
  });
});
