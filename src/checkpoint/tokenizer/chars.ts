// Character classes as Hugging Face tokenizers (Rust) has them; JavaScript's \s and \d differ in a few characters.

export { escaped } from "../../tensor/index.ts";

/** White space as Unicode has it: with U+0085, without U+FEFF. */
export const SPACE = "\\p{White_Space}";
/** Letters, marks, digits and connectors: \w in Rust's regular expressions. */
export const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
/** Unicode punctuation and the ASCII symbols. */
export const PUNCTUATION = "\\p{P}!-/:-@\\[-`{-~";

const SPACE_ONLY = new RegExp(`^${SPACE}$`, "u");

/** Whether a character is white space. */
export function isSpace(char: string): boolean {
  return SPACE_ONLY.test(char);
}

const bytesToChars: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const printable =
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  return printable ? String.fromCharCode(byte) : "";
});

/** The printable character that stands for each byte in byte-level vocabularies (Radford et al. 2019). */
export const BYTE_CHARS: readonly string[] = bytesToChars.map((char, byte) => {
  const before = bytesToChars.slice(0, byte).filter((c) => c === "").length;
  return char || String.fromCharCode(256 + before);
});

const charsToBytes = new Map(BYTE_CHARS.map((char, byte) => [char, byte]));
const encoder = new TextEncoder();

/** The byte characters of one character's UTF-8 bytes. */
export function byteChars(char: string): string[] {
  return Array.from(encoder.encode(char), (byte) => BYTE_CHARS[byte]!);
}

/** The bytes that a byte-level token stands for, or undefined where it holds another character. */
export function byteValues(token: string): Uint8Array | undefined {
  const bytes = Array.from(token, (char) => charsToBytes.get(char));
  return bytes.includes(undefined) ? undefined : Uint8Array.from(bytes as number[]);
}

/** Tokens such as "<0xE2>" of a character's UTF-8 bytes. */
export function fallbackTokens(char: string): string[] {
  return Array.from(
    encoder.encode(char),
    (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
}
