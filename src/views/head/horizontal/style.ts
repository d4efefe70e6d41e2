// What is different in the head view's stylesheet where words lie along the top and the bottom.

import { FOOT, ACROSS_TITLE as TITLE } from "../layout.ts";
import { LETTER, SLANT } from "./layout.ts";

export const ACROSS_STYLE = `
.hs-across .hs-scroll{top:${TITLE}px;bottom:${TITLE + FOOT}px}
.hs-lying.hs-words:focus-visible::before{inset:2px;outline-offset:0}
.hs-lying .hs-word{left:auto;right:auto;justify-content:center}
.hs-lying .hs-word>span{padding:0 4px;flex:none}
.hs-lying .hs-word.hs-begins::after{top:2px;bottom:2px;left:-.5px;right:auto;width:0;border-top:0;border-left:1px solid var(--line-3)}
.hs-lying.hs-from-right .hs-word.hs-begins::after{left:auto;right:-.5px}
.hs-turned .hs-word.hs-begins::after{top:-.5px;bottom:auto;left:4px;right:4px;width:auto;border-left:0;border-top:1px solid var(--line-3)}
.hs-stacked.hs-left .hs-word{align-items:flex-end}
.hs-stacked.hs-right .hs-word{align-items:flex-start}
.hs-stacked .hs-word>span{writing-mode:vertical-rl;width:calc(var(--pitch) - 1px);max-width:calc(1em + 8px);height:auto;max-height:100%;line-height:min(var(--pitch) - 1px,1em + 8px);padding:4px 0;letter-spacing:${LETTER - 1}em}
.hs-lying .hs-tie{top:auto;left:calc(var(--pitch) * -.5 + 2px);bottom:-1px;width:calc(var(--pitch) - 4px);height:3px;border:1px solid var(--line-2);border-top:0}
.hs-lying .hs-tie::before,.hs-lying .hs-tie::after{content:none}
.hs-from-right .hs-tie{left:auto;right:calc(var(--pitch) * -.5 + 2px)}
.hs-turned .hs-tie{left:0;right:auto;top:50%;bottom:auto;transform-origin:0 0;transform:rotate(${SLANT}deg) translate(calc(-100% - 2px),-2px)}
.hs-turned.hs-from-right .hs-tie{left:auto;right:0;transform-origin:100% 0;transform:rotate(-${SLANT}deg) translate(calc(100% + 2px),-2px)}
.hs-weights.hs-lying li{right:auto;height:100%;flex-direction:column;justify-content:space-between;gap:2px;padding:4px 0}
.hs-weights.hs-of-query li{flex-direction:column-reverse}
.hs-weights.hs-lying b{margin:0;padding:0;flex:none}
.hs-weights .hs-lead{position:absolute;left:50%;border-left:1px solid var(--line-2)}
.hs-weights.hs-of-key .hs-lead{bottom:100%;transform-origin:0 100%}
.hs-weights.hs-of-query .hs-lead{top:100%;transform-origin:0 0}
.hs-weights.hs-narrow b{writing-mode:vertical-rl;transform:rotate(180deg)}
.hs-across .hs-divider{border-top:0;border-left:1px dotted var(--line-3)}
`;
