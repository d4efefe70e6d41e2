// Texts of strangers on their way to a terminal: control characters can move its cursor, set its title and worse.

/** Longest message; names in files may have millions of characters. */
const LONGEST = 4000;

/** A text without control characters (but for line ends and tabs) and without marks that turn the direction. */
export function harmless(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** A message that is also short. */
export function shortened(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)} ... (${text.length} characters)` : text;
  return harmless(cut);
}
