// Styles travel with the views as text, once per document or shadow root, so that a view works in a page,
// a notebook cell or a single file without a stylesheet beside it.

import { COLORS, FONTS, MOTION, type ThemeName } from "./theme.ts";

/** Add `css` to the root that holds `target`, once per `id` and text: another version of headscope may be there. */
export function ensureStyle(target: Element, id: string, css: string): void {
  const root = target.getRootNode();
  const holder = root instanceof ShadowRoot ? root : target.ownerDocument.head;
  const there = [...holder.querySelectorAll(`style[data-headscope="${id}"]`)];
  if (there.some((style) => style.textContent === css)) return;
  const style = target.ownerDocument.createElement("style");
  style.dataset.headscope = id;
  style.textContent = css;
  holder.append(style);
}

/** CSS custom properties of a theme, for a `style` attribute or a rule body. */
export function themeVariables(theme: ThemeName): string {
  const colors = Object.entries(COLORS[theme]).map(([name, value]) => `--${name}:${value}`);
  const motion = Object.entries(MOTION).map(([n, v]) => `--${n}:${typeof v === "number" ? `${v}ms` : v}`);
  return [...colors, ...motion, `--sans:${FONTS.sans}`, `--mono:${FONTS.mono}`].join(";");
}

/** Give a view's outermost element the colours and fonts of a theme, so that it needs none from the page. */
export function applyTheme(root: HTMLElement, theme: ThemeName): void {
  root.setAttribute("style", themeVariables(theme));
}
