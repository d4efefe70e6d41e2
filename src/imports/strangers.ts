// Files that hold attention in a way that is not read here, told by how they begin: each with what to save instead.

import { ImportError } from "./found.ts";

const SAVE =
  "In Python save it with np.savez(path, *attentions, tokens=tokens), or with headscope: headscope.from_attention(attentions, tokens).save(path).";

const KINDS: readonly (readonly [name: string, begins: string])[] = [
  ["a Python pickle, which may run code when it is read", "\x80\x02"],
  ["a Python pickle, which may run code when it is read", "\x80\x03"],
  ["a Python pickle, which may run code when it is read", "\x80\x04"],
  ["a Python pickle, which may run code when it is read", "\x80\x05"],
  ["an HDF5 file", "\x89HDF"],
  ["a Parquet file", "PAR1"],
  ["an Arrow file", "ARROW1"],
  ["a Feather file", "FEA1"],
  ["a MATLAB file", "MATLAB "],
  ["an SQLite database", "SQLite format 3"],
];

/** Packed in a way that is not unpacked here. */
const PACKED: readonly (readonly [name: string, begins: string])[] = [
  ["xz", "\xfd7zXZ"],
  ["bzip2", "BZh"],
  ["Zstandard", "\x28\xb5\x2f\xfd"],
  ["7-Zip", "7z\xbc\xaf"],
  ["RAR", "Rar!"],
];
/** Where the header of a tar archive says that it is one. */
const TAR = 257;

/** Refuses a file of a kind that is known and not read. */
export function refuseStrangers(name: string, bytes: Uint8Array): void {
  const begins = (text: string, at = 0): boolean =>
    [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  const kind = KINDS.find(([, start]) => begins(start));
  if (kind) throw new ImportError(`${name} is ${kind[0]}. ${SAVE}`);
  const packed = PACKED.find(([, start]) => begins(start));
  if (packed)
    throw new ImportError(`${name} is packed with ${packed[0]}: unpack it first, or pack it with gzip.`);
  if (begins("ustar", TAR))
    throw new ImportError(`${name} is a tar archive: unpack it and open the file inside it.`);
}

/** What to say of an archive without .npy files; `names` are those in it. */
export function strangeArchive(names: readonly string[]): string {
  if (names.some((name) => name.endsWith("data.pkl"))) return `This is a file of torch.save. ${SAVE}`;
  const inside = names.find((name) => /\.(json|html?|ipynb|npz|safetensors)(\.gz)?$/i.test(name));
  if (inside) return `This is a zip archive: unpack it and open ${inside.slice(0, 100)}.`;
  return `This is a zip archive without .npy files. ${SAVE}`;
}
