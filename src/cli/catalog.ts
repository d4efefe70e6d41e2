// Which models are bundled: every folder of models/ that holds a config.json, with what the model picker says of it.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "../checkpoint/json.ts";
import type { BundledModel } from "../wire/catalog.ts";

/** The models in a folder, by name; empty where there is none. A folder that cannot be read as one is left out. */
export async function catalog(models: string): Promise<BundledModel[]> {
  const folders = await readdir(models, { withFileTypes: true }).catch(() => []);
  const entries = folders
    .filter((f) => f.isDirectory() && !f.name.startsWith("."))
    .map((f) => entry(join(models, f.name), f.name).catch(() => undefined));
  return (await Promise.all(entries)).filter((e) => e !== undefined);
}

async function entry(folder: string, name: string): Promise<BundledModel> {
  const parsed = parseJson(await readFile(join(folder, "config.json"), "utf8"), "config.json");
  const files = await list(folder);
  return {
    name,
    ...shapeOf(parsed),
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    about: firstSentence(await readFile(join(folder, "README.md"), "utf8").catch(() => "")),
    files,
  };
}

async function list(folder: string): Promise<{ path: string; size: number }[]> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((f) => f.isFile());
  return Promise.all(
    files.map(async ({ name }) => ({ path: name, size: (await stat(join(folder, name))).size })),
  );
}

/** A model's kind and size, from its config.json; 0 where that does not say. */
export function shapeOf(config: Record<string, unknown>): Pick<BundledModel, "family" | "layers" | "heads"> {
  return {
    family: typeof config.model_type === "string" ? config.model_type : "",
    layers: count(config, ["n_layer", "num_hidden_layers", "num_layers", "encoder_layers"]),
    heads: count(config, ["n_head", "num_attention_heads", "num_heads", "encoder_attention_heads"]),
  };
}

function count(config: Record<string, unknown>, keys: readonly string[]): number {
  for (const key of keys) if (typeof config[key] === "number") return config[key];
  return 0;
}

/** The first sentence of the card's first paragraph, behind its front matter and headings. */
function firstSentence(card: string): string {
  const body = card.replace(/^---\n[\s\S]*?\n---\n/, "");
  const paragraph = body.split(/\n\s*\n/).find((part) => part.trim() && !/^\s*[#|<!`[]/.test(part)) ?? "";
  const text = paragraph.replace(/\s+/g, " ").replace(/[*`]/g, "").trim();
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0] ?? text;
}
