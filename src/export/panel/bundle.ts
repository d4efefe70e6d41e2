// The one file that the Python package carries: a widget's module, and the script of a static page.

import { startPage } from "./page.ts";
import { render } from "./widget.ts";

export default { render };

if (typeof document !== "undefined") void startPage(document);
