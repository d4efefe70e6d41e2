// The dock's edits and tables, fetched when one is asked for: few visits need them.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { DockPanel } from "../../state/place.ts";
import type { PartProps } from "../part.ts";

type Panels = typeof import("./panels.ts");

const NAMES = {
  edits: "EditsPanel",
  lens: "LensPanel",
  patch: "PatchPanel",
  parts: "AttributionPanel",
} as const satisfies Record<Exclude<DockPanel, "neurons">, keyof Panels>;

/** Edits, the lens, patching or attribution. */
export function LaterPanel({ app, actions, panel }: PartProps & { readonly panel: keyof typeof NAMES }) {
  const panels = useSignal<Panels | null>(null);
  useEffect(() => {
    void import("./panels.ts").then((loaded) => {
      panels.value = loaded;
    });
  }, []);
  if (!panels.value) return null;
  const Panel = panels.value[NAMES[panel]];
  return <Panel app={app} actions={actions} />;
}
