// The script of the Python package, in the order in which the build cuts it: what a page and a widget need, then what
// scores and figures need besides. One bundle, since they share most of their code.

export { default } from "../../export/panel/bundle.ts";

import "./figures-begin.ts";

export { figureOf, scoresOf } from "../embedded.ts";
