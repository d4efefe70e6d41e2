/// <reference types="vite/client" />
// The gallery page: every state of every view by name, for eyes and for tests.
// gallery.html lists them; gallery.html?state=FILE/NAME&theme=dark shows one. By hand: npx vite, then /test/browser/gallery.html.

import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import { COLORS, FONTS, type ThemeName, themeVariables } from "../../src/views/index.ts";
import type { Gallery, State } from "./state.ts";

const modules = import.meta.glob<Record<string, State>>("./states/*.ts", { eager: true });
const states = new Map<string, State>(
  Object.entries(modules).flatMap(([path, module]) => {
    const file = path.replace(/^.*\/|\.ts$/g, "");
    return Object.entries(module).map(([name, state]) => [`${file}/${name}`, state] as const);
  }),
);

const query = new URLSearchParams(location.search);
const theme: ThemeName = query.get("theme") === "dark" ? "dark" : "light";
const stage = document.querySelector<HTMLElement>("#stage")!;

document.documentElement.setAttribute(
  "style",
  `${themeVariables(theme)};color-scheme:${theme};background:${COLORS[theme].surface};color:${COLORS[theme].text};` +
    `font:450 13px/20px ${FONTS.sans};-webkit-font-smoothing:antialiased`,
);
document.body.style.margin = "0";

const name = query.get("state");
if (name === null) list();
else void show(name);

function list(): void {
  stage.style.padding = "24px";
  for (const state of states.keys()) {
    const line = document.createElement("p");
    for (const color of ["light", "dark"]) {
      const link = document.createElement("a");
      link.href = `?state=${encodeURIComponent(state)}&theme=${color}`;
      link.textContent = color === "light" ? state : "dark";
      link.style.cssText = "margin-right:12px;color:var(--focus)";
      line.append(link);
    }
    stage.append(line);
  }
}

async function show(wanted: string): Promise<void> {
  const state = states.get(wanted);
  if (!state) throw new Error(`There is no state "${wanted}"; there are ${[...states.keys()].join(", ")}.`);
  const gallery: Gallery = { view: null, events: [] };
  Object.assign(globalThis, { gallery });
  const weights = [450, 500, 560, 620].map((w) => document.fonts.load(`${w} 13px ${FONTS.sans}`));
  await Promise.all([...weights, document.fonts.load(`450 13px ${FONTS.mono}`)]);
  gallery.view = state(stage, theme);
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  document.documentElement.dataset.ready = "";
}
