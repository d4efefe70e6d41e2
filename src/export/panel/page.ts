// The panel as a page of its own: in the frame of a notebook's output, or in one offline HTML file.
// The trace stands in the page as base64 of a deflated trace file; nothing is fetched.

import { readTrace } from "../../trace/file.ts";
import { TraceError } from "../../trace/types.ts";
import type { ThemeName } from "../../views/look/theme.ts";
import { Panel } from "./panel.ts";
import type { PanelState } from "./state.ts";

/** Ids of the elements that the page must hold: where the panel goes, the trace, and the state as JSON. */
export const PAGE_IDS = { root: "headscope", trace: "headscope-trace", state: "headscope-state" } as const;

/** Shows the panel in this page, if it is one of ours. */
export async function startPage(page: Document): Promise<Panel | null> {
  const root = page.getElementById(PAGE_IDS.root);
  const data = page.getElementById(PAGE_IDS.trace)?.textContent;
  if (!root || data == null || root.childElementCount > 0) return null;
  try {
    const state: PanelState = JSON.parse(page.getElementById(PAGE_IDS.state)?.textContent || "{}");
    const trace = readTrace(await inflated(data.trim()));
    root.textContent = "";
    const panel = new Panel(root, { trace, state, theme: themeOf(page) });
    followTheme(page, panel);
    return panel;
  } catch (error) {
    root.textContent = said(error);
    return null;
  }
}

/** The sentence for a trace that cannot be shown. */
export function said(error: unknown): string {
  if (error instanceof TraceError) return error.message;
  return `This picture could not be drawn: ${error instanceof Error ? error.message : error}`;
}

/** Bytes of base64 of deflate-raw. */
async function inflated(base64: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The theme that the page was made for, or else the reader's. */
function themeOf(page: Document): ThemeName {
  const stated = page.documentElement.dataset.theme;
  if (stated === "light" || stated === "dark") return stated;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * The page around the frame says {headscope: {theme}}; without one, the reader's own setting is followed. A theme that
 * the page was made for stays.
 */
function followTheme(page: Document, panel: Panel): void {
  if (page.documentElement.dataset.theme) return;
  const set = (theme: unknown): void => {
    if (theme !== "light" && theme !== "dark") return;
    page.documentElement.style.colorScheme = theme; // what is said under the panel has the system's colours
    panel.update({ theme });
  };
  addEventListener("message", (event) => {
    const { headscope } = (event.data ?? {}) as { headscope?: { theme?: unknown } };
    if (event.source === window.parent) set(headscope?.theme);
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => set(dark.matches ? "dark" : "light"));
  if (window.parent !== window) window.parent.postMessage({ headscope: { ready: true } }, "*");
}
