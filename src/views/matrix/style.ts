// The stylesheet of the matrix.

export const MATRIX_CSS = `
.hs-matrix{position:relative;width:100%;height:100%;overflow:hidden;font:450 11px/16px var(--sans);color:var(--text-3)}
.hs-matrix.tabled{overflow:auto}
.hs-matrix.tabled>:not(.hs-table){display:none}
.hs-matrix-field{position:absolute;inset:0;cursor:default;touch-action:none;border-radius:4px}
.hs-matrix-field.movable{cursor:grab}
.hs-matrix-field.moving{cursor:grabbing}
.hs-matrix-field:focus{outline:none}
.hs-matrix-field:focus-visible{outline:2px solid var(--focus);outline-offset:-2px}
.hs-matrix canvas{position:absolute;left:0;top:0;display:block;pointer-events:none}
.hs-matrix-labels span{position:absolute;white-space:pre;overflow:hidden;text-overflow:ellipsis;color:var(--text-2);line-height:16px;cursor:default}
.hs-matrix-labels .row{left:0;text-align:right}
.hs-matrix-labels .column{transform-origin:0 50%}
.hs-matrix-labels .pinned{color:var(--text);font-weight:620}
.hs-matrix-labels .near{color:var(--text)}
.hs-matrix-note,.hs-matrix-legend{position:absolute;white-space:nowrap;pointer-events:none}
.hs-matrix-legend{display:flex;align-items:center;gap:8px;box-sizing:border-box;overflow:hidden}
.hs-matrix-legend .unit{flex-shrink:.01;overflow:hidden;text-overflow:ellipsis}
.hs-matrix-legend .what{flex:0 1 auto;min-width:0;overflow:hidden;text-overflow:ellipsis}
.hs-matrix-legend .hs-ramp{width:80px;height:6px;border-radius:3px}
.hs-matrix-legend .what{margin-left:10px}
.hs-matrix-side{position:absolute;right:0;top:0;bottom:0;box-sizing:border-box;border-left:1px solid var(--line);padding:16px;overflow:hidden auto;font:450 12px/25px var(--sans);color:var(--text-2);font-variant-numeric:tabular-nums}
.hs-matrix-side h3{margin:0;font:620 13px/20px var(--sans);color:var(--text);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.hs-matrix-side h3 span{font-weight:450;color:var(--text-3)}
.hs-matrix-side p{margin:0 0 8px;font:450 12px/16px var(--sans)}
.hs-matrix-side ol{list-style:none;margin:0;padding:0}
.hs-matrix-side li{display:grid;grid-template-columns:92px 1fr 34px;gap:8px;align-items:center}
.hs-matrix-side .word{overflow:hidden;text-overflow:ellipsis;white-space:pre}
.hs-matrix-side .bar{height:6px;border-radius:3px;background:var(--surface-3)}
.hs-matrix-side .bar i{display:block;height:6px;border-radius:3px;min-width:1px}
.hs-matrix-side .number{text-align:right}
.hs-matrix-side .strong{font-weight:620;color:var(--text)}
.hs-matrix-side .rest{color:var(--text-3);grid-template-columns:1fr 34px}
.hs-matrix-spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}`;
