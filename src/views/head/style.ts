// The head view's stylesheet, as text that travels with it.

import { ACROSS_STYLE } from "./horizontal/style.ts";
import { FOOT, TITLES } from "./layout.ts";

export const HEAD_VIEW_STYLE = `
.hs-head{position:relative;width:100%;height:100%;min-width:0;overflow:hidden;background:var(--surface);color:var(--text);font:450 13px/20px var(--sans);font-variant-numeric:tabular-nums}
.hs-beside{display:flex;width:100%;height:100%;min-width:0}
.hs-of-layer{flex:1 1 0;min-width:0;display:flex;flex-direction:column}
.hs-layer-body{flex:1 1 auto;min-height:0}
.hs-layer-name{display:none;flex:none;padding:8px 12px 0;font:620 12px/16px var(--sans);color:var(--text-2)}
.hs-several .hs-layer-name{display:block}
.hs-several .hs-of-layer+.hs-of-layer{border-left:1px solid var(--line)}
.hs-beside.hs-below{flex-direction:column;overflow-y:auto}
.hs-below.hs-several .hs-of-layer{min-height:220px}
.hs-below.hs-several .hs-of-layer+.hs-of-layer{border-left:0;border-top:1px solid var(--line)}
.hs-head *{box-sizing:border-box}
.hs-head [hidden]{display:none!important}
.hs-title{position:absolute;top:10px;height:16px;font-size:11px;line-height:16px;color:var(--text-3);white-space:nowrap;border:0;padding:0;background:none;font-family:inherit;font-weight:450;text-align:left}
button.hs-switch{cursor:pointer;text-decoration:underline dotted;text-underline-offset:3px}
.hs-title:disabled{color:var(--text-3);opacity:1}
.hs-scroll{position:absolute;left:0;right:0;top:${TITLES}px;bottom:${FOOT}px;overflow-x:hidden;overflow-y:auto}
.hs-scroll.hs-mapped{scrollbar-width:none}
.hs-minimap{position:absolute;display:block;touch-action:none;cursor:pointer;border-radius:2px}
.hs-content{position:relative;width:100%;overflow:clip}
.hs-content canvas{position:absolute;left:0;pointer-events:none}
.hs-base{transition:opacity var(--fast) var(--ease)}
.hs-words{position:absolute;top:0;-webkit-user-select:none;user-select:none;outline:none}
.hs-words:focus-visible::before{content:"";position:absolute;inset:0 -2px;border-radius:4px;outline:2px solid var(--focus);outline-offset:2px;pointer-events:none}
.hs-word{position:absolute;left:0;right:0;height:var(--row);display:flex;align-items:center;color:var(--text-2);cursor:pointer;white-space:pre}
.hs-left .hs-word{justify-content:flex-end}
.hs-word>span{display:block;max-width:100%;height:calc(var(--row) - 1px);line-height:calc(var(--row) - 1px);padding:0 8px;border-radius:4px;overflow:hidden;text-overflow:ellipsis;transition:background var(--fast) var(--ease)}
.hs-word.hs-faint>span{color:var(--text-2)}
.hs-word:not(.hs-faint)>span{color:var(--text)}
.hs-word.hs-special:not(.hs-shaded)>span{color:var(--text-3)}
.hs-word.hs-hovered>span{background:var(--surface-3);color:var(--text)}
.hs-word.hs-pinned>span{background:var(--ink)!important;color:var(--on-ink);font-weight:560}
.hs-word.hs-unmatched>span{position:relative;z-index:0}
.hs-word.hs-unmatched>span::after{content:"";position:absolute;inset:0;border-radius:4px;z-index:-1;background:repeating-linear-gradient(135deg,var(--text-3) 0 1px,transparent 1px 5px);opacity:.4;pointer-events:none}
.hs-word.hs-changed>span{box-shadow:inset 0 0 0 1.5px var(--edit)}
.hs-word.hs-written>span{text-decoration:underline dotted var(--line-3);text-underline-offset:3px}
.hs-word.hs-begins::after{content:"";position:absolute;top:-.5px;width:calc(100% - 12px);border-top:1px solid var(--line-3)}
.hs-left .hs-begins::after{right:4px}
.hs-right .hs-begins::after{left:4px}
.hs-tie{position:absolute;top:calc(var(--row) * -.5 + 2px);height:calc(var(--row) - 3px);border-left:1px solid var(--line-2);pointer-events:none}
.hs-tie::before,.hs-tie::after{content:"";position:absolute;left:0;border-top:1px solid var(--line-2)}
.hs-tie::before{top:0;width:max(2px,var(--above))}
.hs-tie::after{bottom:0;width:max(2px,var(--below))}
.hs-weights{position:absolute;top:0;margin:0;padding:0;list-style:none}
.hs-weights li{position:absolute;left:0;right:0;height:16px;display:flex;align-items:center;gap:4px;color:var(--text-2);line-height:16px}
.hs-weights .hs-bars{flex:none;border-radius:1px}
.hs-weights .hs-name{flex:none;width:54px;overflow:hidden;text-overflow:ellipsis;white-space:pre}
.hs-weights b{font-weight:450;margin-left:auto;padding-right:4px}
.hs-weights .hs-high b{font-weight:620;color:var(--text)}
.hs-sentence{position:absolute;left:2px;font:620 11px/16px var(--sans);color:var(--text-3)}
.hs-divider{position:absolute;height:0;border-top:1px dotted var(--line-3);opacity:.6}
${ACROSS_STYLE}
.hs-foot{position:absolute;left:0;right:0;bottom:0;height:${FOOT}px;padding:4px 12px 0;display:flex;gap:12px;font-size:11px;line-height:16px;color:var(--text-3);white-space:nowrap}
.hs-left-out{flex:1 1 auto;min-width:0;overflow:hidden;text-overflow:ellipsis}
.hs-unit{flex:0 1 auto;min-width:0;overflow:hidden;text-overflow:ellipsis}
.hs-unit:empty{display:none}
.hs-rest{flex:none}
.hs-rest:empty{display:none}
.hs-message{position:absolute;inset:0;display:grid;place-items:center;padding:16px;color:var(--text-3);text-align:center}
@media (prefers-reduced-motion:reduce){.hs-head *{transition:none!important}}
@media (forced-colors:active){.hs-word.hs-pinned>span{outline:2px solid CanvasText}}
`;
