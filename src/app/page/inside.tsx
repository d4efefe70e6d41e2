// Parts of the page that a first visit does not see, by name.

import type { FunctionComponent } from "preact";
import { later } from "./controls/later.tsx";

type Insides = typeof import("./insides.ts");
type PropsOf<Name extends keyof Insides> =
  Parameters<Insides[Name]> extends [infer Props extends object] ? Props : object;

let known: Insides | null = null;

async function load(): Promise<Insides> {
  known = await import("./insides.ts");
  return known;
}

/** The inside of a popover or a dialog, fetched with all others when one is first opened. */
export function inside<Name extends keyof Insides>(name: Name): FunctionComponent<PropsOf<Name>> {
  return later<Insides, PropsOf<Name>>(
    load,
    (insides) => insides[name] as unknown as FunctionComponent<PropsOf<Name>>,
    () => known,
  );
}
