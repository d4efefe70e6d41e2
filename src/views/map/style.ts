// The stylesheet of the model map.

export const MAP_CSS = `
.hs-map{position:relative;display:flex;flex-direction:column;max-height:100%;font:450 11px/16px var(--sans);color:var(--text-3);-webkit-user-select:none;user-select:none}
.hs-map-scroll{position:relative;flex:0 1 auto;min-height:0;overflow:hidden auto}
.hs-map-scroll.scrolls{overflow-x:auto;overscroll-behavior-x:contain}
.hs-map-plane{position:relative;cursor:pointer;touch-action:none;border-radius:4px}
.hs-map-plane:focus{outline:none}
.hs-map-plane:focus-visible{outline:2px solid var(--focus);outline-offset:-2px}
.hs-map-plane canvas{display:block;position:absolute;left:0;top:0}
.hs-map-layers{position:sticky;left:0;width:22px;margin-top:-14px;z-index:3;background:var(--surface);pointer-events:none}
.hs-map-heads{position:sticky;top:0;height:14px;z-index:2;background:var(--surface);pointer-events:none}
.hs-map-heads[hidden]{display:none}
.hs-map-heads[hidden]+.hs-map-layers{margin-top:0}
.hs-map-layers span,.hs-map-heads span{position:absolute;font-weight:500;font-variant-numeric:tabular-nums;line-height:14px}
.hs-map-layers span{right:5px}
.hs-map-heads span{top:0;transform:translateX(-50%)}
.hs-map-layers .current,.hs-map-heads .current{color:var(--text);font-weight:620}
.hs-map-mark,.hs-map-ring,.hs-map-cursor{position:absolute;left:0;top:0;box-sizing:border-box;pointer-events:none}
.hs-map-mark{border:1.5px solid var(--text)}
.hs-map-ring{border:2px solid var(--ink);border-radius:6px;z-index:1;transition:transform var(--slow) var(--ease)}
.hs-map-ring.still{transition:none}
.hs-map-cursor{border:1px solid var(--text-2);border-radius:2px;display:none}
.hs-map-cursor.shown{display:block}
.hs-map-row{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.hs-map-legend{flex:none;display:flex;align-items:center;gap:8px;padding-top:14px;white-space:nowrap;line-height:16px;flex-wrap:wrap}
.hs-map-legend .hs-ramp{width:80px;height:6px;border-radius:3px}
.hs-map-legend .tail{margin-left:auto;display:flex;align-items:center;gap:6px}
.hs-map-legend .tick{width:14px;height:2px;background:var(--text-2)}
.hs-map-legend .hollow{width:8px;height:8px;border:1px solid var(--line-2);box-sizing:border-box}
.hs-map-problem{color:var(--err);padding-top:8px;font-size:12px}
.hs-map-problem:empty{display:none}
.hs-magnifier{position:fixed;inset:auto;margin:0;box-sizing:border-box;width:268px;padding:12px;border:1px solid var(--line-2);border-radius:10px;
 background:var(--surface);color:var(--text-2);box-shadow:0 8px 28px rgb(0 0 0/.14),0 1px 3px rgb(0 0 0/.1);font:450 12px/16px var(--sans);pointer-events:none;overflow:hidden}
.hs-magnifier h3{margin:0 0 8px;font:620 13px/20px var(--sans);color:var(--text);display:flex;justify-content:space-between}
.hs-magnifier h3 span{font:450 12px/20px var(--sans);color:var(--text-3)}
.hs-magnifier-picture{position:relative}
.hs-magnifier-picture canvas{display:block;margin-left:auto}
.hs-magnifier-words span{position:absolute;left:0;text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:11px}
.hs-magnifier dl{display:grid;grid-template-columns:1fr auto;gap:4px 8px;margin:10px 0 0;font-variant-numeric:tabular-nums}
.hs-magnifier dd{margin:0;text-align:right;font-weight:620;color:var(--text)}
.hs-magnifier p{margin:8px 0 0}
.hs-magnifier kbd{font:450 11px/14px var(--sans);border:1px solid var(--line-2);border-radius:4px;padding:0 4px}
@media (prefers-reduced-motion:reduce){.hs-map-ring{transition:none}}
@media (forced-colors:active){.hs-map-ring,.hs-map-mark{border-color:CanvasText}.hs-map-cursor{border-color:Highlight}}`;
