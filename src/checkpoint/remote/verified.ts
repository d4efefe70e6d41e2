// A remote file's chunks against its checksum: the whole file once, in order, and from then on each chunk against the
// digest that it had in that pass. Nothing but a header is used before.

import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { CheckpointError } from "../source.ts";
import type { Checksum, RemoteFile } from "./range.ts";

/** Bytes that are not those that the hub announced. */
export class ChecksumError extends CheckpointError {}

/** Bytes of one SHA-256 digest. */
const DIGEST = 32;

/** SHA-256 digests of a file's chunks, once they came to its checksum. */
export class Digests {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** One after another, as a store keeps them. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Whether chunk `index` is what it was. */
  async fits(index: number, chunk: Uint8Array): Promise<boolean> {
    const expected = this.#bytes.subarray(index * DIGEST, (index + 1) * DIGEST);
    const found = await digest(chunk);
    return expected.length === DIGEST && expected.every((byte, i) => byte === found[i]);
  }
}

/** Reads `count` chunks in order; a ChecksumError where they do not come to the file's checksum. */
export async function verified(
  file: RemoteFile & { readonly checksum: Checksum },
  count: number,
  load: (index: number) => Promise<Uint8Array>,
): Promise<Digests> {
  const { kind, hex } = file.checksum;
  const whole = kind === "git" ? sha1.create() : sha256.create();
  if (kind === "git") whole.update(utf8ToBytes(`blob ${file.size}\0`));
  const digests = new Uint8Array(count * DIGEST);
  for (let index = 0; index < count; index++) {
    const chunk = await load(index);
    whole.update(chunk);
    digests.set(await digest(chunk), index * DIGEST);
  }
  const found = bytesToHex(whole.digest());
  if (found !== hex)
    throw new ChecksumError(
      `${file.path} arrived with the checksum ${found}, but the hub announced ${hex}. It is not used; try again.`,
    );
  return new Digests(digests);
}

/** The browser's own SHA-256 where it has one (pages over https or of this machine), which is faster. */
async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource)) : sha256(bytes);
}
