// The neuron view's stylesheet, as text that travels with it.

export const NEURON_VIEW_STYLE = `
.hs-neurons{position:relative;display:flex;width:100%;height:100%;min-width:0;overflow:hidden;background:var(--surface);color:var(--text);font:450 12px/16px var(--sans);font-variant-numeric:tabular-nums}
.hs-neurons *{box-sizing:border-box}
.hs-neurons [hidden]{display:none!important}
.hs-neurons.hs-stacked{flex-direction:column;overflow-y:auto}
.hs-blocks{position:relative;flex:none}
.hs-blocks canvas{position:absolute;left:0;top:0;pointer-events:none}
.hs-text{position:absolute;white-space:nowrap;line-height:16px;color:var(--text-2)}
.hs-text.hs-strong{font-weight:620;color:var(--text)}
.hs-text.hs-faint{color:var(--text-3)}
.hs-text.hs-small{font-size:11px;color:var(--text-3)}
.hs-text.hs-falls{font-size:11px;font-weight:500;color:var(--pos)}
.hs-text.hs-clip{overflow:hidden;text-overflow:ellipsis}
.hs-neuron-table{position:absolute;inset:0;pointer-events:none}
.hs-ranking{flex:1 1 0;min-width:0;padding:10px 14px;border-left:1px solid var(--line);overflow:hidden auto}
.hs-stacked .hs-ranking{flex:none;border-left:0;border-top:1px solid var(--line);padding:12px;overflow:visible}
.hs-ranking h3{margin:0 0 6px;font-size:12px;line-height:16px;font-weight:620}
.hs-ranking ol+h3{margin-top:10px}
.hs-ranking ol{margin:0;padding:0;list-style:none}
.hs-ranking button{display:grid;grid-template-columns:minmax(38px,max-content) minmax(20px,1fr) 40px;align-items:center;gap:6px;width:100%;height:24px;padding:0;border:0;border-radius:4px;background:none;color:inherit;font:inherit;text-align:left;cursor:default}
.hs-ranking button:hover{background:var(--surface-2)}
.hs-ranking button:focus-visible{outline:2px solid var(--focus);outline-offset:0}
.hs-ranking button.hs-acts{cursor:pointer}
.hs-ranking b{font-weight:620;max-width:64px;overflow:hidden;text-overflow:ellipsis;white-space:pre}
.hs-ranking .hs-edited b::after{content:"";display:inline-block;width:7px;height:7px;margin-left:4px;border-radius:50%;background:var(--edit);vertical-align:1px}
.hs-ranking .hs-track{height:6px;border-radius:3px;background:var(--surface-3);overflow:hidden}
.hs-ranking .hs-track i{display:block;height:100%;border-radius:3px;background:var(--ink)}
.hs-ranking .hs-amount{text-align:right}
.hs-stacked .hs-ranking button{height:40px;font-size:14px}
.hs-ranking p{margin:6px 0 0;color:var(--text-3)}
.hs-ranking button.hs-scale{display:block;height:26px;margin-top:8px;border:1px solid var(--line-2);border-radius:6px;text-align:center;font-weight:500;cursor:pointer}
.hs-neurons .hs-says{position:absolute;inset:0;display:grid;place-items:center;padding:16px;color:var(--text-3);font-size:13px;text-align:center}
.hs-neurons>.hs-table{flex:1;min-width:0;min-height:0;display:flex;flex-direction:column;padding:10px 16px}
.hs-neurons>.hs-table .hs-table-scroll{max-height:none;min-height:0}
.hs-neuron-bar{display:flex;align-items:center;gap:12px;min-width:0;color:var(--text-2);font:450 12px/16px var(--sans)}
.hs-neuron-bar>span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
.hs-neuron-bar b{font-weight:620;color:var(--text)}
.hs-neuron-bar [role=radiogroup]{flex:none;display:inline-flex;gap:1px;padding:2px;border:1px solid var(--line-2);border-radius:6px;background:var(--surface)}
.hs-neuron-bar button{height:22px;padding:0 9px;border:0;border-radius:4px;background:none;color:var(--text-2);font:inherit;cursor:pointer}
.hs-neuron-bar button[aria-checked=true]{background:var(--surface-3);color:var(--text);font-weight:620}
.hs-neuron-bar button[aria-disabled=true]{color:var(--text-3);opacity:.7;cursor:default}
.hs-neuron-bar button:focus-visible{outline:2px solid var(--focus);outline-offset:1px}
`;
