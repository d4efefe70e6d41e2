// How the page is built: one small script, the worker and the runtime apart, nothing inlined, paths relative
// so that the result works under any folder of a static host.
//
// What the page starts with is one file: cut into ten by what later parts share, it is 3.5 kB larger, packed.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** What the page starts with, and what it fetches when it is asked for or has drawn. */
const groups = [
  { name: "page", test: /src\/app\/main\.tsx$/, priority: 1 },
  {
    name: "sweeps",
    test: /src\/analysis\/(asked-sweep|patching)\.ts$/,
    priority: 2,
    includeDependenciesRecursively: false,
  },
  {
    name: "simd",
    test: /src\/trace\/dots\/(simd|bytes)\.ts$/,
    priority: 2,
    includeDependenciesRecursively: false,
  },
];

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export default defineConfig({
  root: fileURLToPath(new URL("src/app", import.meta.url)),
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  worker: { format: "es" },
  server: { headers: isolation },
});
