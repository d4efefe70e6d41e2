/// <reference types="vite/client" />
// The gallery page: every state of every view by name, for eyes and for tests.
// gallery.html lists them; gallery.html?state=FILE/NAME&theme=dark shows one. By hand: npx vite, then /test/browser/gallery.html.

import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import { COLORS, FONTS, type ThemeName, themeVariables } from "../../src/views/index.ts";
import type { Gallery, State } from "./state.ts";

type States = Record<string, State>;
const files = import.meta.glob<States>("./states/*.ts");

const query = new URLSearchParams(location.search);
const theme: ThemeName = query.get("theme") === "dark" ? "dark" : "light";
const stage = document.querySelector<HTMLElement>("#stage")!;

document.documentElement.setAttribute(
  "style",
  `${themeVariables(theme)};color-scheme:${theme};background:${COLORS[theme].surface};color:${COLORS[theme].text};` +
    `font:450 13px/20px ${FONTS.sans};-webkit-font-smoothing:antialiased`,
);
document.body.style.margin = "0";

const wanted = query.get("state");
if (wanted === null) void list();
else void show(wanted);

/** Links to the states of every file. */
async function list(): Promise<void> {
  stage.style.padding = "24px";
  for (const [path, load] of Object.entries(files)) {
    const file = path.replace(/^.*\/|\.ts$/g, "");
    for (const name of Object.keys(await load())) stage.append(links(`${file}/${name}`));
  }
  ready();
}

function links(state: string): HTMLElement {
  const line = document.createElement("p");
  for (const color of ["light", "dark"]) {
    const link = document.createElement("a");
    link.href = `?state=${encodeURIComponent(state)}&theme=${color}`;
    link.textContent = color === "light" ? state : "dark";
    link.style.cssText = "margin-right:12px;color:var(--focus)";
    line.append(link);
  }
  return line;
}

/** Mount a state, "FILE/NAME"; only its file is loaded. */
async function show(wanted: string): Promise<void> {
  const [file, name = ""] = wanted.split("/");
  const gallery: Gallery = { view: null, events: [] };
  Object.assign(globalThis, { gallery });
  const weights = [450, 500, 560, 620].map((w) => document.fonts.load(`${w} 13px ${FONTS.sans}`));
  const fonts = [...weights, document.fonts.load(`450 13px ${FONTS.mono}`)];
  const [states] = await Promise.all([files[`./states/${file}.ts`]?.(), ...fonts]);
  const state = states?.[name];
  if (!state) throw new Error(`There is no state "${wanted}"; gallery.html lists those there are.`);
  gallery.view = state(stage, theme);
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  ready();
}

function ready(): void {
  document.documentElement.dataset.ready = "";
}
