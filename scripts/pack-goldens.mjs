// Makes the small copies of golden folders under test/fixtures/: the model and tokenizer as they are, and of the
// expected tensors all of input 0, and attention and residual streams of input 1 and a sentence pair. What is
// dropped is tested from the full set. With --edits instead: what edits of input 0 come to, and no tokenizer.
// Usage: node scripts/pack-goldens.mjs [--edits] FROM TO NAME...

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const edited = process.argv[2] === "--edits";
const [from, to, ...names] = process.argv.slice(edited ? 3 : 2);
if (!from || !to || names.length === 0) {
  console.error("usage: node scripts/pack-goldens.mjs [--edits] FROM TO NAME...");
  process.exit(2);
}
for (const name of names) (edited ? packEdits : pack)(join(from, name), join(to, name));

function pack(source, target) {
  const expected = copyModel(source, target, () => true);
  const inputs = expected.inputs.flatMap((input, i) => {
    if (i === 0) return [input];
    return i === 1 || input.pair !== undefined ? [{ ...input, tensors: few(input.tensors) }] : [];
  });
  const keep = new Set(inputs.flatMap((input) => Object.values(input.tensors).map((tensor) => tensor.name)));
  const { edits: _, ...rest } = expected;
  writeExpected(source, target, { ...rest, inputs }, keep);
}

/** Input 0 with its logits, and every edit with its logits and attention. */
function packEdits(source, target) {
  const expected = copyModel(source, target, (file) => !/tokenizer|preprocessor/.test(file));
  const [first] = expected.inputs;
  const { logits, pixel_values, input_features } = first.tensors;
  const tensors = {
    logits,
    ...(pixel_values && { pixel_values }),
    ...(input_features && { input_features }),
  };
  const edits = expected.edits.map(({ tensors: { donor_hidden: _, ...kept }, ...edit }) => ({
    ...edit,
    tensors: kept,
  }));
  const names = [
    ...Object.values(tensors).map((t) => t.name),
    ...edits.flatMap((edit) => Object.values(edit.tensors)),
  ];
  writeExpected(source, target, { ...expected, inputs: [{ ...first, tensors }], edits }, new Set(names));
}

/** Copies the files of the model that `wanted` accepts; returns what is expected of it. */
function copyModel(source, target, wanted) {
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(source)) {
    if (!file.startsWith("expected.") && wanted(file))
      writeFileSync(join(target, file), readFileSync(join(source, file)));
  }
  return JSON.parse(readFileSync(join(source, "expected.json"), "utf8"));
}

function writeExpected(source, target, expected, keep) {
  writeFileSync(join(target, "expected.json"), `${JSON.stringify(expected)}\n`);
  writeFileSync(
    join(target, "expected.safetensors"),
    subset(readFileSync(join(source, "expected.safetensors")), keep),
  );
}

/** Attention and residual streams, which any fault of a layer reaches, images and sound. */
function few(tensors) {
  return Object.fromEntries(
    Object.entries(tensors).filter(([short]) => /(attn|hidden|pixel_values|input_features)$/.test(short)),
  );
}

/** A safetensors file with some of the tensors of another. */
function subset(file, keep) {
  const length = Number(file.readBigUInt64LE(0));
  const entries = Object.entries(JSON.parse(file.subarray(8, 8 + length).toString("utf8")));
  const header = {};
  const parts = [];
  let size = 0;
  for (const [name, entry] of entries.filter(([name]) => keep.has(name))) {
    const [start, end] = entry.data_offsets;
    header[name] = { ...entry, data_offsets: [size, size + end - start] };
    parts.push(file.subarray(8 + length + start, 8 + length + end));
    size += end - start;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, 0x20)]);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([prefix, padded, ...parts]);
}
