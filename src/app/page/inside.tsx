// Parts of the page that a first visit does not see, by name.

import type { FunctionComponent } from "preact";
import { later } from "./controls/later.tsx";

type Insides = typeof import("./insides.ts");
type PropsOf<Name extends keyof Insides> =
  Parameters<Insides[Name]> extends [infer Props extends object] ? Props : object;

/** The inside of a popover or a dialog, fetched with all others when one is first opened. */
export function inside<Name extends keyof Insides>(name: Name): FunctionComponent<PropsOf<Name>> {
  return later<Insides, PropsOf<Name>>(
    () => import("./insides.ts"),
    (insides) => insides[name] as unknown as FunctionComponent<PropsOf<Name>>,
  );
}
