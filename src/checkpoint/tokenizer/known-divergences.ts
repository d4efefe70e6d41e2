// Where headscope's tokens differ from Python's, by name. Most entries concern characters that Unicode got after the
// tables were made that Hugging Face tokenizers carries for one of its steps; JavaScript uses its engine's own,
// newer tables. Found by comparing all 1,114,112 code points and 2,000 hostile strings.

/** One known difference from Python's tokenizers. */
export interface Divergence {
  readonly name: string;
  /** What is different. */
  readonly what: string;
  /** The characters that it can concern, as hexadecimal ranges. */
  readonly chars: string;
}

/** Every known difference. */
export const DIVERGENCES: readonly Divergence[] = [
  {
    name: "marks-after-unicode-8",
    what: "BertNormalizer and StripAccents keep combining marks added since 2015; headscope strips them as accents",
    chars:
      "7fd 897-89f 8ca-8e1 9fe afa-aff b55 c04 c3c cf3 d00 d3b d3c d81 eba ece 1715 1734 180f 1885 1886 " +
      "1abf-1aeb 1cf2 1cf3 1cf7 1df6-1dfb a82c a8c5 a8ff a9bd 10d24-10d27 10d69-10d6d 10eab-10eff " +
      "10f46-10f85 11070-110c2 11145 11146 111c9-111cf 1123e-1133b 113b8-113e2 11438-1145e 1171e-1183a " +
      "11930-11c3f 11c92-11d97 11ef3-11f5a 13440-13455 1611e-1612f 16f4f-16ff1 1cf00-1cf46 1e000-1e136 " +
      "1e2ae-1e6f5 1e944-1e94a",
  },
  {
    name: "punctuation-after-unicode-7",
    what: "BertPreTokenizer and Punctuation leave punctuation added since 2014 inside words; headscope cuts at it",
    chars:
      "61d 9fd a76 c77 c84 166d 1b4e 1b4f 1b7d-1b7f 2e43-2e5d 10d6e 10ead 10ed0 10f55-10f89 111c9-11fff " +
      "12ff1 12ff2 16d6d-16fe2 1e5ff 1e95e 1e95f",
  },
  {
    name: "format-controls-after-unicode-8",
    what: "BertNormalizer keeps format controls added since 2015 (and U+08E2); headscope drops them",
    chars: "890 891 8e2 110cd 13430-1343f",
  },
  {
    name: "decompositions-after-unicode-9",
    what: "NFD, NFKD, NFC and NFKC leave characters added since 2016 whole; headscope decomposes them",
    chars:
      "32ff a7f1-a7f4 ab69 105c9 105e4 10781-107ba 11383-113c8 11938 16121-16128 16d68-16d6a " +
      "1ccd6-1ccf9 1e030-1e06d 1f16c 1fbf0-1fbf9",
  },
  {
    name: "words-after-unicode-16",
    what: "Whitespace's \\w does not know letters and marks added since 2025; headscope does where its engine does",
    chars:
      "88f c5c cdc 1acf-1aeb a7ce-a7f1 10940-10959 10ec5-10efb 11b60-11de9 16ea0-16ed3 16ff2-16ff6 " +
      "187f8-187ff 18d09-18df2 1e6c0-1e6ff 2b73a-2b73f 2cea2-2cead 323b0-33479",
  },
  {
    name: "places-after-dropped-bytes",
    what: "where a byte-level vocabulary lacks a byte (SmolLM2: F1 to F4, which begin these characters), both drop it, and Python's offsets of the rest of the word are too small; headscope's are not",
    chars: "40000-10ffff",
  },
];

/** Names of the known differences that a text can meet. */
export function divergencesIn(text: string): string[] {
  const points = Array.from(text, (char) => char.codePointAt(0)!);
  return DIVERGENCES.filter(({ chars }) => {
    const ranges = chars.split(" ").map((range) => range.split("-").map((hex) => Number.parseInt(hex, 16)));
    return ranges.some(([from, to = from]) => points.some((point) => point >= from! && point <= to!));
  }).map(({ name }) => name);
}
