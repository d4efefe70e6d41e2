// Where two compared texts part: a few words before the first that differs, and what follows, for the heading of each.

import type { Counterpart } from "../../views/read/counterpart.ts";
import { wordsOf } from "../../views/read/words.ts";

/** A stretch of a text, and whether the other text lacks it. */
export interface Stretch {
  readonly text: string;
  readonly differs: boolean;
}

/** Words that stand before the first that differs. */
const LEAD = 5;
/** A heading is one line: no more of a long text is written. */
const MOST = 60;

/** The text of the run that is shown, or of the other one, from shortly before it differs; nothing where both are equal. */
export function differingText(
  { attention, shown, alignment }: Pick<Counterpart, "attention" | "shown" | "alignment">,
  ofShown: boolean,
): readonly Stretch[] {
  const [there, here] = [attention.tokens("query"), shown.tokens("query")];
  const own = ofShown ? here : there;
  const differs = own.map((token, at) => {
    const match = ofShown ? alignment.query[at]! : alignment.query.indexOf(at);
    return (ofShown ? there : here)[match]?.text !== token.text;
  });
  const first = here.findIndex((token, at) => token.text !== there[at]?.text);
  if (first < 0 && here.length === there.length) return [];
  const words = wordsOf(own);
  const from = Math.max(0, (first < 0 ? here.length : first) - LEAD);
  const out: Stretch[] = from > 0 ? [{ text: "… ", differs: false }] : [];
  for (let at = from; at < Math.min(own.length, from + MOST); at++) {
    const before = at > from && spaced(own[at - 1]!, own[at]!) ? " " : "";
    const last = out.at(-1);
    if (last && last.differs === differs[at])
      out[out.length - 1] = { ...last, text: last.text + before + words[at] };
    else out.push({ text: before + words[at], differs: differs[at]! });
  }
  return out;
}

type Placed = {
  readonly text: string;
  readonly start: number | null;
  readonly end: number | null;
  special: boolean;
};

/** Whether a space stands between two tokens. */
function spaced(before: Placed, token: Placed): boolean {
  if (before.special || token.special || /^\s/.test(token.text)) return true;
  return before.end !== null && token.start !== null && token.start > before.end;
}
