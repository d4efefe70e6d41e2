// The head bar's stylesheet, as text that travels with it.

export const HEAD_BAR_STYLE = `
.hs-bar{position:relative;display:flex;align-items:center;gap:12px;min-width:0;color:var(--text);font:450 13px/20px var(--sans);font-variant-numeric:tabular-nums}
.hs-bar *{box-sizing:border-box}
.hs-bar [hidden]{display:none!important}
.hs-bar button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
.hs-bar button:focus-visible,.hs-bar [role=listbox]:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.hs-stepper{position:relative;flex:none;display:flex;align-items:center;height:28px;border:1px solid var(--line-2);border-radius:6px;background:var(--surface)}
.hs-stepper button{height:26px;min-width:24px;border-radius:5px}
.hs-stepper button:hover{background:var(--surface-2)}
.hs-stepper .hs-layer{padding:0 6px;font-weight:620;white-space:nowrap}
.hs-squares{display:flex;gap:3px}
.hs-bar .hs-squares button{width:24px;height:24px;flex:none;border:1.5px solid color-mix(in srgb,var(--head) 50%,transparent);border-radius:5px;background:var(--surface);color:var(--text-2);font-size:11px;line-height:1;font-weight:620}
.hs-bar .hs-squares button:hover{border-color:var(--head)}
.hs-bar .hs-squares button[aria-pressed=true]{border-color:var(--head);background:var(--head);color:var(--on-head)}
.hs-bar .hs-squares button.hs-focused{box-shadow:0 0 0 1.5px var(--surface),0 0 0 3.5px var(--ink)}
.hs-bar .hs-squares button.hs-edited{position:relative}
.hs-squares button.hs-edited::after{content:"";position:absolute;right:-4px;top:-4px;width:7px;height:7px;border-radius:50%;background:var(--edit);box-shadow:0 0 0 1px var(--surface)}
.hs-squares.hs-many{display:grid;grid-template-columns:repeat(16,22px);gap:2px}
.hs-bar .hs-many button{width:22px;height:22px;border-radius:4px;font-size:10.5px;font-weight:560}
.hs-bar .hs-all{flex:none;height:26px;padding:0 6px;border-radius:6px;font-size:12px;color:var(--text-2);white-space:nowrap}
.hs-bar .hs-all:hover{background:var(--surface-2)}
.hs-layers{position:absolute;z-index:20;left:0;top:32px;max-height:320px;overflow:auto;margin:0;padding:4px;min-width:120px;border:1px solid var(--line-2);border-radius:10px;background:var(--surface);box-shadow:0 8px 28px rgb(0 0 0/.18);list-style:none}
.hs-layers li{white-space:nowrap;padding:2px 10px;border-radius:6px;cursor:pointer;line-height:20px}
.hs-layers li.hs-at{background:var(--surface-3)}
.hs-layers li[aria-selected=true]{font-weight:620}
.hs-layers li.hs-absent{color:var(--text-3)}
.hs-bar.hs-compact{flex-wrap:wrap;gap:8px}
.hs-compact .hs-stepper{height:40px}
.hs-compact .hs-stepper button{height:38px;min-width:40px}
.hs-compact .hs-squares{order:1;display:grid;grid-template-columns:repeat(6,1fr);gap:6px;width:100%}
.hs-compact .hs-squares.hs-many{grid-template-columns:repeat(8,1fr)}
.hs-bar.hs-compact .hs-squares button{width:auto;height:40px;font-size:14px}
.hs-compact .hs-all{height:40px;padding:0 12px}
`;
