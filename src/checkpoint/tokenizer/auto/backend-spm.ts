// A .model file where no class has rules of its own: TokenizersBackend of Transformers.

import type { JsonObject } from "../../json.ts";
import { genericParts } from "../spm/generic.ts";
import type { SpmModel } from "../spm/proto.ts";
import { buildTokens } from "./build.ts";
import type { Given, Spec } from "./tokens.ts";
import { listedPieces } from "./vocabulary.ts";

/** tokenizer.json for the file; pieces are renamed as added_tokens_decoder says. */
export function backendJson(model: SpmModel, given: Given): JsonObject {
  const names = namesOf(model, given.decoder);
  const control = listedPieces(model).filter(({ special }) => special);
  const parts = genericParts(model, names, given.options.legacy !== false);
  const roles = Object.fromEntries(
    Object.entries({ bos_token: model.start, eos_token: model.end, unk_token: model.unknown })
      .filter(([, { id }]) => id >= 0)
      .map(([role, { piece }]): [string, Spec] => [role, { content: piece, special: true }]),
  );
  return buildTokens(parts, roles, plainDecoder(model, given), control);
}

function namesOf({ pieces }: SpmModel, decoder: ReadonlyMap<number, Spec>): string[] {
  const kept = new Set(pieces.flatMap(({ piece }, id) => (decoder.has(id) ? [] : [piece])));
  return pieces.map(({ piece }, id) => {
    const name = decoder.get(id)?.content;
    return name !== undefined && !kept.has(name) ? name : piece;
  });
}

/** Added tokens are looked for in the raw text where each stretch between them gets a mark of its own. */
function plainDecoder({ dummyPrefix }: SpmModel, given: Given): Given {
  if (!dummyPrefix) return given;
  const decoder = [...given.decoder].map(([id, spec]): [number, Spec] => [
    id,
    { ...spec, normalized: false },
  ]);
  return { ...given, decoder: new Map(decoder) };
}
