// Every tokenizer of the golden checkpoints gives the ids, tokens, offsets and special marks that Python gave.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderSource } from "../folder.ts";
import type { EncodedToken } from "../tokenizer.ts";
import { loadTokenizer } from "./load.ts";

const ROOT = new URL("../../../../shared/goldens/", import.meta.url);

interface Expected {
  text?: string;
  pair?: string;
  ids: number[];
  type_ids?: number[];
  tokens: string[];
  offsets: [number, number][];
  special: number[];
  decoder_text?: string;
  decoder_ids?: number[];
  decoder_offsets?: [number, number][];
}

const folders = readdirSync(ROOT).filter((name) => existsSync(new URL(`${name}/tokenizer.json`, ROOT)));

describe.each(folders)("%s", (name) => {
  const config = JSON.parse(readFileSync(new URL(`${name}/config.json`, ROOT), "utf8"));
  const { inputs } = JSON.parse(readFileSync(new URL(`${name}/expected.json`, ROOT), "utf8")) as {
    inputs: Expected[];
  };

  it("equals Python", async () => {
    const tokenizer = (await loadTokenizer(await folderSource(new URL(name, ROOT).pathname), config))!;
    for (const input of inputs.filter(({ text }) => text !== undefined)) {
      const tokens = tokenizer.encode(input.text!, input.pair);
      expect(tokens.map((t) => t.id)).toEqual(input.ids);
      expect(tokens.map((t) => t.raw)).toEqual(input.tokens);
      expect(tokens.map(spanOf)).toEqual(input.offsets);
      expect(tokens.map((t) => Number(t.special))).toEqual(input.special);
      if (input.type_ids) expect(tokens.map((t) => t.typeId)).toEqual(input.type_ids);
      if (input.decoder_text) {
        const target = tokenizer.encode(input.decoder_text, undefined, { addSpecialTokens: false });
        expect(target.map((t) => t.id)).toEqual(input.decoder_ids!.slice(1));
        expect(target.map(spanOf)).toEqual(input.decoder_offsets!.slice(1));
      }
    }
  });
});

function spanOf({ start, end }: EncodedToken): [number, number] {
  return [start ?? 0, end ?? 0];
}
