// Files that hold attention in a way that is not read here, told by how they begin: each with what to save instead.

import { ImportError } from "./found.ts";

const SAVE =
  "In Python save it with np.savez(path, *attentions, tokens=tokens), or with headscope: headscope.from_attention(attentions, tokens).save(path).";

const KINDS: readonly (readonly [name: string, begins: readonly number[]])[] = [
  ["a Python pickle, which may run code when it is read", [0x80, 0x02]],
  ["a Python pickle, which may run code when it is read", [0x80, 0x03]],
  ["a Python pickle, which may run code when it is read", [0x80, 0x04]],
  ["a Python pickle, which may run code when it is read", [0x80, 0x05]],
  ["an HDF5 file", [0x89, 0x48, 0x44, 0x46]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
];

/** Refuses a file of a kind that is known and not read. */
export function refuseStrangers(name: string, bytes: Uint8Array): void {
  const kind = KINDS.find(([, begins]) => begins.every((byte, i) => bytes[i] === byte));
  if (kind) throw new ImportError(`${name} is ${kind[0]}. ${SAVE}`);
}

/** What to say of an archive without .npy files; `names` are those in it. */
export function strangeArchive(names: readonly string[]): string {
  const torch = names.some((name) => name.endsWith("data.pkl"));
  const what = torch ? "a file of torch.save" : "a zip archive without .npy files";
  return `This is ${what}. ${SAVE}`;
}
