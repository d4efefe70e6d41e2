// Tokens as people read them. A leading space says that a word begins; a token without one continues the word
// before it. Bytes that are not whole characters are shown as \xE2.

import { byteValues, escaped } from "./chars.ts";

/** How a vocabulary spells its tokens. */
export interface Spelling {
  readonly kind: "bytes" | "metaspace" | "wordpiece" | "plain";
  /** WordPiece's mark of pieces inside a word. */
  readonly prefix: string;
}

const MOST = 200_000;

/** display() that remembers what it gave for each token. */
export function displayed(spelling: Spelling): (raw: string, spaced: boolean) => string {
  const known = new Map<string, string>();
  return (raw, spaced) => {
    const key = spaced ? ` ${raw}` : raw;
    const text = known.get(key) ?? escaped(display(raw, spelling, spaced));
    if (known.size < MOST) known.set(key, text);
    return text;
  };
}

/** What a reader sees of a raw token; `spaced` is whether a space stands before a WordPiece token in the text. */
function display(raw: string, { kind, prefix }: Spelling, spaced: boolean): string {
  if (kind === "bytes") {
    const bytes = byteValues(raw);
    return bytes ? readable(bytes) : raw;
  }
  if (kind === "metaspace") return readableByte(raw) ?? raw.replaceAll("\u2581", " ");
  if (kind === "plain") return raw;
  if (prefix && raw.startsWith(prefix)) return raw.slice(prefix.length);
  return spaced ? ` ${raw}` : raw;
}

function readableByte(raw: string): string | undefined {
  const hex = /^<0x([0-9A-F]{2})>$/.exec(raw)?.[1];
  return hex === undefined ? undefined : readable(Uint8Array.of(Number.parseInt(hex, 16)));
}

/** UTF-8 text of bytes, with \xNN for those that belong to no whole character. */
function readable(bytes: Uint8Array): string {
  let out = "";
  for (let at = 0; at < bytes.length; ) {
    const char = charAt(bytes, at);
    out += char ?? `\\x${bytes[at]!.toString(16).toUpperCase().padStart(2, "0")}`;
    at += char === undefined ? 1 : new TextEncoder().encode(char).length;
  }
  return out;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function charAt(bytes: Uint8Array, at: number): string | undefined {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  try {
    return strict.decode(bytes.subarray(at, at + length)) || undefined;
  } catch {
    return undefined;
  }
}
