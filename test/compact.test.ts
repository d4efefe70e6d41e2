import { expect, test } from "vitest";
// @ts-expect-error: a script without types
import { compact } from "../scripts/compact.mjs";

test("the minifier's marks go, and no two words grow together", () => {
  const code = "function f(){return/* @__PURE__ */new Set}var a=/* @__PURE__ */ f()";
  expect(compact(code)).toBe("function f(){return new Set}var a=f()");
});

test("a style sheet keeps its rules: selectors, values and what calc needs", () => {
  const sheet = `
.hs-a .hs-b, .hs-c > b:not(:hover) { margin: 0 auto; width: calc(100% - 3px); }
/* said */
@container panel (max-width: 640px) { .hs-a::before { color: var(--text); } }
`;
  expect(compact(`x(\`${sheet}\`)`)).toBe(
    "x(`.hs-a .hs-b,.hs-c > b:not(:hover){margin:0 auto;width:calc(100% - 3px)}" +
      "@container panel (max-width:640px){.hs-a::before{color:var(--text)}}`)",
  );
});

test("other texts stay as they are, and so does a sheet that holds a value", () => {
  for (const code of ["`a  b { c: d; }`", "`\n.a { width: $" + "{w}px; }`"]) expect(compact(code)).toBe(code);
});
