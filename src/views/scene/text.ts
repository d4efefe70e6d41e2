// Lays the texts of a scene over its canvas as elements, so that they can be read aloud, selected and found.

import type { TextItem } from "./scene.ts";

/** Height of a line box in px, whatever the font size. */
const LINE = 16;

/** Put `items` into `holder` in place of what is there. Classes are the items' roles; colours come from them. */
export function layTexts(holder: HTMLElement, items: readonly TextItem[]): void {
  holder.replaceChildren(...items.map((item) => layText(holder.ownerDocument, item)));
}

function layText(page: Document, item: TextItem): HTMLElement {
  const element = page.createElement("span");
  if (item.role) element.className = item.role;
  element.dir = "auto";
  element.textContent = item.text;
  element.style.cssText = cssOf(item);
  return element;
}

function cssOf({ x, y, size, anchor = "start", angle = 0, width }: TextItem): string {
  const parts = [`top:${y - LINE / 2}px`, `font-size:${size}px`];
  if (anchor === "end" && width !== undefined) parts.push(`left:${x - width}px`, `width:${width}px`);
  else if (anchor === "end") parts.push(`right:calc(100% - ${x}px)`);
  else parts.push(`left:${x}px`);
  if (anchor !== "end" && width !== undefined) parts.push(`max-width:${width}px`);
  if (anchor === "middle") parts.push("translate:-50% 0");
  if (angle !== 0) parts.push(`transform:rotate(${angle}deg)`);
  return parts.join(";");
}
