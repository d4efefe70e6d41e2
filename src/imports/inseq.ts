// What inseq saves with the method "attention" (FeatureAttributionOutput.save): arrays [keys, written words, layers, heads],
// each a safetensors file in base64, or lists. Versions before 0.6 pack arrays in other ways, which are refused.

import {
  decodeTensor,
  type FloatTensor,
  floatTensor,
  parseSafetensors,
  SafetensorsError,
  toFloat,
} from "../tensor/index.ts";
import { type Found, type FoundArray, type FoundWords, ImportError, shapeText } from "./found.ts";
import { depthOf, type Json, tensorOf } from "./nested.ts";
import { severalOf } from "./several.ts";
import { type Fields, isObject, wordsOf } from "./words-in-json.ts";

/** What such an object holds; null for any other. */
export function inseq(object: Fields): Found | null {
  const { info, sequence_attributions: list } = inside(object);
  if (!isObject(info) || !Array.isArray(list) || typeof info.attribution_method !== "string") return null;
  const { attribution_method: method, model_name: name } = info;
  if (method !== "attention")
    throw new ImportError(
      `This is inseq's "${method}", which explains a prediction and is no attention. Save what inseq.load_model(name, "attention").attribute(text) gives.`,
    );
  const model = typeof name === "string" ? name : "";
  const texts = list.map((text: Json) => ({ place: "", read: () => textFound(fieldsOf(text), model) }));
  return severalOf(texts, "texts");
}

/** The fields of an object, or of an instance of a class of inseq's. */
function inside(object: Fields): Fields {
  return Array.isArray(object.__instance_type__) && isObject(object.attributes) ? object.attributes : object;
}

function fieldsOf(value: Json): Fields {
  return isObject(value) ? inside(value) : {};
}

/** One text: of a model that only writes its own attention, of a translator all three. */
function textFound(fields: Fields, model: string): Found {
  const scores = fieldsOf(fields.sequence_scores ?? null);
  const [cross, own] = [arrayIn(fields, "source_attributions"), arrayIn(fields, "target_attributions")];
  const written = (cross ?? own)?.shape[1] ?? 0;
  const start = fields.attr_pos_start;
  if (written === 0 || typeof start !== "number" || !(start >= 1))
    throw new ImportError(
      "This text of inseq has no attention, or does not say where the written words begin.",
    );
  const [source, target] = [wordsIn("source", fields.source), wordsIn("target", fields.target)];
  // A word is written from the place before it, and the last one is read by nobody.
  const [first, read] = [start - 1, start - 1 + written];
  const tokens = target.words.slice(0, read);
  const common = { maker: "inseq", sentenceBStart: null, model, notes: notesOf(first, target.words, read) };
  if (!cross)
    return {
      ...common,
      arrays: [layersOf("attention", own!, first, [read, read])],
      words: [{ name: "tokens", words: tokens }],
    };
  const [encoder, decoder] = ["encoder_self_attentions", "decoder_self_attentions"].map((name) =>
    arrayIn(scores, name),
  );
  const between = own ?? (first === 0 ? decoder : null);
  const columns = source.words.length;
  return {
    ...common,
    arrays: [
      ...(encoder ? [layersOf("encoder attention", encoder, 0, [columns, columns])] : []),
      ...(between ? [layersOf("decoder attention", between, first, [read, read])] : []),
      layersOf("cross attention", cross, first, [read, columns]),
    ],
    words: [source, { name: "target", words: tokens }],
  };
}

function wordsIn(name: string, value: Json | undefined): FoundWords {
  const list = Array.isArray(value) ? value.map(fieldsOf) : value;
  return wordsOf(name, list)[0] ?? { name, words: [] };
}

/** What inseq does not keep. */
function notesOf(first: number, words: readonly string[], read: number): string[] {
  const last = words.slice(read).map((word) => `"${word}"`);
  return [
    ...(first > 0
      ? [`inseq keeps the rows of written words alone: those before position ${first} are empty.`]
      : []),
    ...(last.length > 0
      ? [`Left out, because the model wrote and did not read it: ${last.join(", ")}.`]
      : []),
  ];
}

/** An array by its name, [keys, written words, layers, heads]; null where there is none. */
function arrayIn(fields: Fields, name: string): FloatTensor | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  const list = isObject(value) ? value.__ndarray__ : value;
  const tensor = typeof value === "string" ? packed(value, name) : listed(list, name);
  if (tensor.shape.length === 4) return tensor;
  throw new ImportError(
    `inseq's ${name} is ${shapeText(tensor.shape)}; keys, words, layers and heads are expected. Save the output before aggregate().`,
  );
}

function listed(value: Json | undefined, name: string): FloatTensor {
  if (value !== undefined && depthOf(value) > 0) return tensorOf(value, name);
  throw new ImportError(
    `inseq's ${name} is packed as versions before 0.6 did it, which is not read. Save it again with a newer inseq, or with use_primitives=True.`,
  );
}

/** A safetensors file of one tensor, in base64. */
function packed(base64: string, name: string): FloatTensor {
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const [entry] = [...parseSafetensors(bytes).tensors.values()];
    if (!entry) throw new ImportError(`inseq's ${name} holds no tensor.`);
    return toFloat(decodeTensor(entry, bytes.subarray(entry.start, entry.end)));
  } catch (error) {
    if (!(error instanceof SafetensorsError || error instanceof DOMException)) throw error;
    throw new ImportError(
      `inseq's ${name} cannot be read: ${error.message}. Save it again with scores_precision="float32".`,
      { cause: error },
    );
  }
}

/** Layers of [heads, rows, columns]: rows from `first` on, and nothing in those before it. */
function layersOf(
  name: string,
  { shape, data }: FloatTensor,
  first: number,
  [rows, columns]: readonly [number, number],
): FoundArray {
  const [keys = 0, written = 0, layers = 0, heads = 0] = shape;
  if (first + written > rows || keys < columns)
    throw new ImportError(
      `inseq's ${name} has ${keys} keys and ${written} rows; the text has ${columns} and ${rows}.`,
    );
  return {
    name,
    apart: true,
    layers: Array.from({ length: layers }, (_, layer) => {
      const out = new Float32Array(heads * rows * columns);
      for (let head = 0; head < heads; head++) {
        for (let row = 0; row < written; row++) {
          const to = (head * rows + first + row) * columns;
          for (let key = 0; key < columns; key++) {
            const value = data[((key * written + row) * layers + layer) * heads + head]!;
            // Keys that come later are NaN in inseq's arrays.
            out[to + key] = Number.isNaN(value) && key > first + row ? 0 : value;
          }
        }
      }
      return floatTensor([heads, rows, columns], out);
    }),
  };
}
