// States that only prove that the gallery works.

import { FONTS } from "../../../src/views/index.ts";
import { report, type State } from "../state.ts";

/** A line of text and a button. */
export const text: State = (target) => {
  target.innerHTML = `<p style="margin:8px;font:620 15px ${FONTS.sans}">Head 4.11 <code>.74</code></p><button>press</button>`;
  const button = target.querySelector("button")!;
  button.onclick = () => report("press", { isolated: crossOriginIsolated });
  return { update: (changed: object) => report("update", changed), destroy: () => target.replaceChildren() };
};

/** Something that goes wrong. */
export const broken: State = (target) => {
  console.warn("a warning");
  const image = target.appendChild(document.createElement("img"));
  image.src = "/missing.png";
  return { update: () => undefined, destroy: () => undefined };
};
