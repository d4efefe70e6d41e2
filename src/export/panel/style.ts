// The look of the panel around the views.

/** Up to here there is no room for the bar and all buttons beside it: without and with those of several attentions. */
const NARROW = 780;
const NARROW_OF_BLOCKS = 990;

export const PANEL_STYLE = `
.hs-panel { display: flex; flex-direction: column; height: 100%; min-height: 0; box-sizing: border-box;
  background: var(--surface); color: var(--text); font: 13px/1.4 var(--sans); overflow: hidden; container: panel / inline-size; }
.hs-panel *, .hs-panel *::before { box-sizing: border-box; }
.hs-panel-top { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 8px 10px;
  border-bottom: 1px solid var(--line); }
.hs-panel-bar { flex: 1 1 240px; min-width: 0; }
.hs-panel-body { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr);
  grid-template-rows: minmax(0, 1fr); gap: 1px; background: var(--line); }
.hs-panel-part { background: var(--surface); min-width: 0; min-height: 0; position: relative; overflow: auto; }
.hs-panel-head, .hs-panel-matrix { overflow: hidden; }
.hs-panel-model { padding: 6px 8px; }
.hs-panel[data-shown^="model head"] .hs-panel-body { grid-template-columns: minmax(200px, 30%) minmax(0, 1fr); }
.hs-panel[data-shown^="model head matrix"] .hs-panel-body {
  grid-template-columns: minmax(200px, 26%) minmax(0, 1fr) minmax(0, 1fr); }
.hs-panel[data-shown*="neuron"]:not([data-shown="neuron"]) .hs-panel-body {
  grid-template-rows: minmax(0, 3fr) minmax(0, 2fr); }
.hs-panel[data-shown*="neuron"]:not([data-shown="neuron"]) .hs-panel-neuron { grid-column: 1 / -1; }
.hs-panel-note { margin: 0; padding: 6px 12px; border-top: 1px solid var(--line); color: var(--text-2); font-size: 12px; }
.hs-choice { display: inline-flex; border: 1px solid var(--line-2); border-radius: 6px; overflow: hidden; }
.hs-choice button { all: unset; padding: 3px 9px; cursor: pointer; color: var(--text-2); font: 12px/1.5 var(--sans); }
.hs-choice button + button { border-left: 1px solid var(--line); }
.hs-choice button[aria-pressed="true"] { background: var(--surface-3); color: var(--text); }
.hs-choice select { all: unset; display: none; padding: 3px 9px; color: var(--text); font: 12px/1.5 var(--sans);
  appearance: auto; }
/* The bar of heads keeps its one row: what is beside it folds. */
@container panel (max-width: ${NARROW}px) { .hs-choice button { display: none; } .hs-choice select { display: block; } }
@container panel (max-width: ${NARROW_OF_BLOCKS}px) {
  .hs-of-blocks .hs-choice button { display: none; } .hs-of-blocks .hs-choice select { display: block; } }
.hs-choice select:focus-visible, .hs-choice button:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
`;
