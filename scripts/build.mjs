// Builds the parts of headscope: the page (vite, into dist/app), the Node part (tsc, into dist), and the scripts that
// the Python package carries (vite, into python/headscope/static).
// A part whose inputs have not changed since its last build is left alone; the stamp is a hash of their contents.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compact } from "./compact.mjs";
import { halves } from "./halves.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const COMMON = [
  "scripts/build.mjs",
  "scripts/compact.mjs",
  "scripts/halves.mjs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** The folders of src/ that both the page and the command line are made of. */
const SHARED = ["tensor", "trace", "checkpoint", "engine", "wire", "imports", "analysis", "views", "export"];

/** Pages of the documentation that the page links to, and the licence: as plain text, which every browser shows. */
const DOCS = ["page", "views", "edits", "figures", "importing", "cli"].map((name) => `docs/${name}.md`);

/** What draws in HTML files and in Python, and where the Python package has it. */
const SCRIPTS = ["headscope.js", "figures.js"];
const PYTHON = "python/headscope/static";

const PARTS = [
  {
    name: "panel",
    inputs: COMMON,
    folders: ["tensor", "trace", "analysis", "views", "export", "cli"],
    results: SCRIPTS.flatMap((name) => [`dist/panel/${name}`, `${PYTHON}/${name}`]),
    build: buildPanel,
  },
  {
    name: "app",
    inputs: [...COMMON, ...DOCS, "LICENSE", "vite.config.ts"],
    folders: [...SHARED, "app"],
    results: ["dist/app/index.html"],
    build: buildApp,
  },
  {
    name: "node",
    inputs: [...COMMON, "tsconfig.build.json"],
    folders: ["", ...SHARED, "cli"],
    results: ["dist/cli/main.js"],
    build: buildNode,
  },
];

/** Builds what is out of date; resolves to the names of the parts built. `say` gets one line for each. */
export async function build(say = () => {}) {
  const built = [];
  for (const part of PARTS) {
    const stamp = hash(part);
    if (isFresh(part, stamp)) continue;
    checkInstalled();
    // A build that a test starts is the same as any other: vite builds for NODE_ENV, which tests set, 3 kB larger.
    process.env.NODE_ENV = "production";
    const start = performance.now();
    await part.build();
    mkdirSync(DIST, { recursive: true });
    writeFileSync(join(DIST, `.${part.name}.stamp`), stamp);
    say(`built ${part.name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    built.push(part.name);
  }
  return built;
}

/** Newer sources over older packages end in a sentence, not in the middle of a build. */
function checkInstalled() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const missing = names.filter((name) => !existsSync(join(ROOT, "node_modules", name)));
  if (missing.length) throw new Error(`Not installed: ${missing.join(", ")}. Run npm install first.`);
}

function isFresh(part, stamp) {
  const file = join(DIST, `.${part.name}.stamp`);
  const whole = part.results.every((result) => existsSync(join(ROOT, result)));
  return whole && existsSync(file) && readFileSync(file, "utf8") === stamp;
}

function hash(part) {
  const files = part.inputs.map((input) => join(ROOT, input)).filter((file) => existsSync(file));
  for (const folder of part.folders) files.push(...sources(join(ROOT, "src", folder), folder !== ""));
  const sum = createHash("sha256");
  for (const file of files.sort()) sum.update(relative(ROOT, file)).update("\0").update(readFileSync(file));
  return sum.digest("hex");
}

function sources(folder, deep) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: deep, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Into a folder beside the result and then in its place, so that a page being served never sees half a build. */
async function buildApp() {
  const { build: viteBuild } = await import("vite");
  const fresh = join(DIST, `.app-${process.pid}`);
  try {
    await viteBuild({
      configFile: join(ROOT, "vite.config.ts"),
      logLevel: "error",
      build: { outDir: fresh, emptyOutDir: true },
    });
    rmSync(join(DIST, "app"), { recursive: true, force: true });
    copyFileSync(join(DIST, "panel", "headscope.js"), join(fresh, "panel.js"));
    copyDocs(join(fresh, "docs"));
    renameSync(fresh, join(DIST, "app"));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Texts begin with a mark that says UTF-8 where a server does not. */
function copyDocs(folder) {
  mkdirSync(folder);
  for (const path of [...DOCS, "LICENSE"]) {
    const name = basename(path, ".md").toLowerCase();
    writeFileSync(join(folder, `${name}.txt`), `\ufeff${readFileSync(join(ROOT, path), "utf8")}`);
  }
}

/** The linked views as one script, for HTML files and for the Python package, and scores and figures for Python. */
async function buildPanel() {
  const { build: viteBuild } = await import("vite");
  const [{ output }] = await viteBuild({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    build: {
      write: false,
      rolldownOptions: {
        output: { minify: true }, // vite keeps the white space of module libraries
        optimization: { inlineConst: { mode: "all", pass: 3 } },
        treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
      },
      lib: { entry: join(ROOT, "src/cli/notebook/script.ts"), formats: ["es"], fileName: "headscope" },
    },
  });
  const { page, figures } = halves(compact(output[0].code));
  for (const folder of [join(DIST, "panel"), join(ROOT, PYTHON)]) {
    rmSync(folder, { recursive: true, force: true }); // scripts of an older build would be packed too
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "headscope.js"), page);
    writeFileSync(join(folder, "figures.js"), figures);
  }
}

/** Types are not checked here: `npm run typecheck` does that. */
function buildNode() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const args = [tsc, "-p", join(ROOT, "tsconfig.build.json"), "--noCheck"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`tsc ended with status ${status}:\n${stdout}${stderr}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const built = await build((line) => console.log(line));
    if (!built.length) console.log("nothing to build");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
