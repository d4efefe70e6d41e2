// What the dock shows beside neurons, fetched together when one of them is asked for.

export { AttributionPanel } from "./attribution-panel.tsx";
export { EditsPanel } from "./edits-panel.tsx";
export { LensPanel, PatchPanel } from "./table-panels.tsx";
