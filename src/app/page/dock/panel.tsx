// The dock's edits and tables, fetched when one is asked for: few visits need them.

import type { DockPanel } from "../../state/place.ts";
import { later } from "../controls/later.tsx";
import type { PartProps } from "../part.ts";

const load = () => import("./panels.ts");

const PANELS = {
  edits: later(load, ({ EditsPanel }) => EditsPanel),
  lens: later(load, ({ LensPanel }) => LensPanel),
  patch: later(load, ({ PatchPanel }) => PatchPanel),
  parts: later(load, ({ AttributionPanel }) => AttributionPanel),
} as const satisfies Record<Exclude<DockPanel, "neurons">, unknown>;

/** Edits, the lens, patching or attribution. */
export function LaterPanel({ app, actions, panel }: PartProps & { readonly panel: keyof typeof PANELS }) {
  const Panel = PANELS[panel];
  return <Panel app={app} actions={actions} />;
}
