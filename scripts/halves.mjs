// Cuts the notebook's script in two: a module for pages and widgets, and what is put behind it for scores and figures.

const MARK = /[;,]Object\.assign\(globalThis,\{headscopeFiguresBegin:!0\}\)[;,]/;
const EXPORTS = /export\{([^}]*)\};?\s*$/;

/**
 * The module `page`, whose default is the widget, and `figures`, which stands in the place of the module's exports and
 * ends with a variable `embedded` that holds the functions for Python.
 */
export function halves(code) {
  const exports = EXPORTS.exec(code);
  const parts = code.slice(0, exports?.index).split(MARK);
  if (!exports || parts.length !== 2)
    throw new Error("The notebook's script has no mark where it is cut in two.");
  const names = exports[1].split(",").map((name) => name.trim().split(" as "));
  const widget = names.find(([, name]) => name === "default")?.[0];
  const functions = names
    .filter(([, name]) => name !== "default")
    .map(([own, name]) => `${name ?? own}:${own}`);
  if (!widget) throw new Error("The notebook's script has no default export.");
  return {
    page: `${parts[0]};export{${widget} as default};\n`,
    figures: `${parts[1]}var embedded={${functions.join(",")}};\n`,
  };
}
