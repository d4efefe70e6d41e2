// One offline HTML file: the linked views on a small trace, nothing fetched, a strict Content-Security-Policy that
// allows its one script by its hash. The script is the panel's bundle, given as text.

import { deflateSync } from "fflate";
import { editsText, type Trace, writeTrace } from "../trace/index.ts";
import { COLORS, type ThemeName } from "../views/look/theme.ts";
import { escapeXml } from "../views/scene/svg.ts";
import type { Selection } from "../views/view.ts";
import { PAGE_IDS } from "./panel/page.ts";
import type { PanelState } from "./panel/state.ts";
import { smallTrace } from "./small-trace.ts";
import { sourceText } from "./source-text.ts";

/** What the file shows. */
export interface HtmlOptions {
  readonly selection: Selection;
  readonly state: PanelState;
  /** The panel's script, src/export/panel/bundle.ts built as one file. */
  readonly script: string;
  /** The reader's own where left out. */
  readonly theme?: ThemeName;
  /** Largest size of the trace inside, about; 2 MB where left out. */
  readonly maxBytes?: number;
  readonly title?: string;
}

const MAX_BYTES = 2_000_000;

/** A whole HTML file, and what it leaves out. */
export async function printHtml(
  trace: Trace,
  options: HtmlOptions,
): Promise<{ readonly html: string; readonly leftOut: readonly string[] }> {
  const { selection, state, script, theme, maxBytes = MAX_BYTES } = options;
  const { trace: small, leftOut } = smallTrace(trace, selection, maxBytes - script.length);
  const data = base64(deflateSync(writeTrace(small), { level: 9 }));
  const code = script.replaceAll("</script", "<\\/script");
  const title = escapeXml(options.title ?? (trace.manifest.model.name || "Attention"));
  const notes = [changes(trace), leftOut.join(" ")].filter((note) => note !== "");
  const about = `<b>${escapeXml(trace.manifest.model.name)}</b> ${escapeXml(sourceText(trace).slice(0, MOST_TEXT))}`;
  const note = notes.map((text) => `<p class="note">${escapeXml(text)}</p>`).join("");
  const html = `<!doctype html>
<html lang="en"${theme ? ` data-theme="${theme}"` : ""}><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policyOf(code)}">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>html,body{height:100%;margin:0;background:${theme ? COLORS[theme].surface : "Canvas"}}body{display:flex;flex-direction:column}#${PAGE_IDS.root}{flex:1;min-height:0}.note{margin:0;padding:6px 12px;font:12px system-ui;color:GrayText}.about{flex:none;margin:0;padding:8px 12px 0;font:13px system-ui;color:${theme ? COLORS[theme]["text-2"] : "CanvasText"};overflow:hidden;text-overflow:ellipsis;white-space:nowrap}</style>
</head><body><p class="about" dir="auto">${about}</p><div id="${PAGE_IDS.root}"></div>${note}
<script type="application/json" id="${PAGE_IDS.state}">${jsonInHtml(state)}</script>
<script type="text/plain" id="${PAGE_IDS.trace}">${data}</script>
<script type="module">${code}</script>
</body></html>
`;
  return { html, leftOut };
}

/** Most letters of the text: the line is cut at the window's edge long before. */
const MOST_TEXT = 400;
/** Most edits that are named. */
const MOST_NAMED = 20;

/** What was changed in the run, as its pictures show in pink; "" where nothing was. */
function changes({ manifest: { edits } }: Trace): string {
  if (edits.length === 0) return "";
  const more = edits.length > MOST_NAMED ? `; and ${edits.length - MOST_NAMED} more` : "";
  return `Changed in this run, in pink: ${editsText(edits.slice(0, MOST_NAMED))}${more}.`;
}

/** Nothing from outside, one script. */
async function policyOf(code: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code)));
  return [
    "default-src 'none'",
    `script-src 'sha256-${base64(digest)}'`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** JSON that cannot end the element it stands in. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** Pieces are short, because a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x2000)
    text += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  return btoa(text);
}
