// What each family refuses, asked of the families themselves: every key of Transformers' config class with other values.

import { readFileSync } from "node:fs";
import type { Config } from "../../src/checkpoint/index.ts";
import { describe } from "../../src/engine/architectures/index.ts";

interface Listed {
  readonly families: Readonly<Record<string, { readonly defaults: Config }>>;
}
const LISTED = JSON.parse(
  readFileSync(new URL("../fixtures/config-keys.json", import.meta.url), "utf8"),
) as Listed;

/** Classes of a family that run, and keys of which only one value does, as "key: value". */
export function refusals(type: string): {
  readonly classes: readonly string[];
  readonly only: readonly string[];
} {
  const defaults = LISTED.families[type]?.defaults ?? {};
  const plain = { ...defaults, model_type: type };
  const classes = describe({ ...plain, architectures: ["?"] }, new Map()).headless?.known;
  const only = Object.keys(defaults).flatMap((key) => {
    const messages = [true, false, 7, "x"].map((value) => refusal({ ...plain, [key]: value }));
    const value = messages
      .map((message) => /only (null|true|false|"[^"]*") is supported/.exec(message)?.[1])
      .find(Boolean);
    return value === undefined ? [] : [`${key}: ${value}`];
  });
  return { classes: classes ?? [], only };
}

function refusal(config: Config): string {
  try {
    describe(config, new Map());
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
