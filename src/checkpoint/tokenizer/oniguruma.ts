// Oniguruma's expressions where the library's rewriting to JavaScript's does not know them: (?i) without a colon,
// names of properties in any spelling, [[:graph:]] and [[:print:]], \R, \N and \O.

interface State {
  readonly out: string[];
  /** For each open group whether letters match in either case, and how many groups were opened for a (?i) in it. */
  readonly groups: { fold: boolean; extra: number }[];
  classes: number;
}

const PART = /[aA]-[zZ]|\\[pP]\{[^}]*\}|\\[\s\S]|\[:\^?\w+:\]|\(\?i\)|\(\?i:|[()[\]]|[\s\S]/gu;

/** The same expression in the part of Oniguruma's language that the library reads. */
export function readable(source: string): string {
  const state: State = { out: [], groups: [{ fold: false, extra: 0 }], classes: 0 };
  for (const [part] of source.matchAll(PART)) state.out.push(rewritten(part, state));
  return state.out.join("") + ")".repeat(state.groups[0]!.extra);
}

function rewritten(part: string, state: State): string {
  if (part.startsWith("\\")) return escaped(part, state.classes > 0);
  if (part.startsWith("[:")) return BRACKETS.get(part) ?? part;
  if (part === "[") state.classes++;
  if (part === "]" && state.classes > 0) state.classes--;
  const group = state.groups.at(-1)!;
  if (state.classes > 0) return group.fold ? inBothCases(part) : part;
  if (part.startsWith("(")) return opened(part, state);
  if (part === ")" && state.groups.length > 1) {
    state.groups.pop();
    return ")".repeat(group.extra + 1);
  }
  const cases = group.fold ? inBothCases(part) : part;
  return cases === part ? part : `[${cases}]`;
}

/** A letter with its other forms: those that the library, which folds ASCII letters only, does not add. */
function inBothCases(part: string): string {
  if (part.length === 3) return `${part}\u017f\u212a`;
  if (/^[kK]$/.test(part)) return "kK\u212a";
  if (/^[sS]$/.test(part)) return "sS\u017f";
  if (!/^[^\0-\x7f]$/u.test(part)) return part;
  const forms = [part.toLowerCase(), part.toUpperCase()].filter((form) => [...form].length === 1);
  return [...new Set([part, ...forms])].join("");
}

function opened(part: string, { groups }: State): string {
  const group = groups.at(-1)!;
  if (part === "(?i)") {
    group.fold = true;
    group.extra++;
    return "(?i:";
  }
  groups.push({ fold: group.fold || part === "(?i:", extra: 0 });
  return part;
}

const GRAPH = "\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}";
const PRINT = "\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cn}\\p{Cs}";

const BRACKETS = new Map([
  ["[:graph:]", `[^${GRAPH}]`],
  ["[:^graph:]", `[${GRAPH}]`],
  ["[:print:]", `[^${PRINT}]`],
  ["[:^print:]", `[${PRINT}]`],
  ["[:ascii:]", "\\x00-\\x7f"],
]);

const ESCAPES = new Map([
  ["\\R", "(?:\\r\\n|[\\n\\x0b\\x0c\\r\\x85\\u2028\\u2029])"],
  ["\\N", "[^\\n]"],
  ["\\O", "[\\s\\S]"],
]);

function escaped(part: string, inClass: boolean): string {
  const property = /^\\([pP])\{(\^?)([^}]*)\}$/.exec(part);
  if (!property) return ESCAPES.get(part) ?? part;
  const [, letter, not, name] = property;
  const negated = (letter === "P") !== (not === "^");
  if (/^alnum$/i.test(name!)) return alnum(negated, inClass);
  return `\\${negated ? "P" : "p"}{${propertyName(name!)}}`;
}

function alnum(negated: boolean, inClass: boolean): string {
  if (negated) return "[^\\p{Alphabetic}\\p{Nd}]";
  return inClass ? "\\p{Alphabetic}\\p{Nd}" : "[\\p{Alphabetic}\\p{Nd}]";
}

/** Names that mean something else in JavaScript, or nothing. */
const NAMES = new Map([
  ["space", "White_Space"],
  ["word", "Word"],
  ["xdigit", "ASCII_Hex_Digit"],
  ["alpha", "Alphabetic"],
]);

/** A property's name as JavaScript spells it: Oniguruma takes any case, spaces, "-" and "_". */
function propertyName(name: string): string {
  const plain = name.replace(/[\s_-]/g, "").toLowerCase();
  const titled = name
    .split(/[\s_-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join("_");
  const known = NAMES.get(plain);
  if (known) return known;
  return [name, titled, plain, `Script=${titled}`].find(isProperty) ?? name;
}

function isProperty(name: string): boolean {
  try {
    new RegExp(`\\p{${name}}`, "u");
    return true;
  } catch {
    return false;
  }
}
