// headscope open: serves the page and opens it, on a local checkpoint, a recorded run, a bundled model or a hub id.

import { spawn } from "node:child_process";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { snapshotIn } from "../checkpoint/folder.ts";
import { ELSEWHERE } from "../imports/endings.ts";
import { TOKEN_PARAM } from "../wire/native.ts";
import { userToken } from "./native/access.ts";
import { offerEngines } from "./native/offer.ts";
import { serve } from "./serve.ts";
import { type SharedPlace, share } from "./shared.ts";

const USAGE = `Usage: headscope [open] [FOLDER|TRACE|MODEL] [--port N] [--no-open]

Opens the page on a checkpoint folder in Hugging Face layout, a recorded run (a trace file), a bundled
model's name, or a model of huggingface.co (org/name). Without one it opens the gallery.

  --port N    the port to try first (4173); a free one is taken when it is in use
  --no-open   do not open the browser`;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the page is opened on. */
interface Target {
  /** The address behind the port, e.g. "#model=stories-gpt2". */
  readonly hash: string;
  readonly shared?: SharedPlace;
}

/** Runs `headscope open`; resolves to the exit status when the server is interrupted. */
export async function openCommand(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parse(args);
  } catch (error) {
    process.stderr.write(`headscope: ${(error as Error).message}\n\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const token = await userToken(process.env);
  const target = await locate(options.target, token);
  const engine = offerEngines(token, { models: join(ROOT, "models"), opened: openedOf(target) });
  const serving = await serve({
    engine,
    app: join(ROOT, "dist", "app"),
    models: join(ROOT, "models"),
    gallery: join(ROOT, "gallery"),
    shared: target.shared?.handle,
    port: options.port,
  });
  const address = `http://localhost:${serving.port}/${withToken(target.hash, token)}`;
  process.stdout.write(`${address}\n`);
  if (options.browse) browse(address);
  await interrupted();
  engine.close();
  await serving.close();
  return 0;
}

/** The page takes the token out of its address at once, so that no link and no picture of it has it. */
function withToken(hash: string, token: string): string {
  return `${hash === "" ? "#" : `${hash}&`}${TOKEN_PARAM}=${token}`;
}

function openedOf({ shared }: Target): { readonly path: string; readonly folder: string } | null {
  return shared && shared.folder !== null ? { path: shared.path, folder: shared.folder } : null;
}

interface Options {
  readonly target: string | undefined;
  readonly port: number;
  readonly browse: boolean;
  readonly help: boolean;
}

function parse(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: "string", default: "4173" },
      "no-open": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port is ${values.port}; a number from 0 to 65535 is expected.`);
  if (positionals.length > 1)
    throw new Error(`${positionals.length} things to open (${positionals.join(", ")}); one is expected.`);
  const browsable = process.stdout.isTTY === true && !process.env.CI;
  return { target: positionals[0], port, browse: browsable && !values["no-open"], help: values.help };
}

async function locate(target: string | undefined, secret: string): Promise<Target> {
  if (target === undefined) return { hash: "" };
  const found = await stat(target).catch(() => undefined);
  if (found?.isFile()) return openFile(target, secret);
  if (found?.isDirectory()) return openFolder(target, secret);
  if (await isBundled(target)) return { hash: `#model=${target}` };
  if (/^https?:\/\//.test(target)) return { hash: `#model=${encodeURIComponent(target)}` };
  if (/^[\w-][\w.-]*\/[\w.-]+(@[\w./-]+)?$/.test(target)) return { hash: `#model=${encodeURI(target)}` };
  throw new Error(
    `There is no file or folder ${target}, no bundled model of that name, and it is no hub id (org/name).`,
  );
}

async function openFile(path: string, secret: string): Promise<Target> {
  if (!(await isTrace(path)) && !ELSEWHERE.test(path))
    throw new Error(
      `${path} is not a recorded run (a trace file, or attention as .json, .npy, .npz, .html, .ipynb, .safetensors). To open a checkpoint, give its folder.`,
    );
  const shared = await share(path, secret);
  return { hash: `#trace=${parameter(shared.path)}`, shared };
}

/** A path as a parameter behind "#": it is decoded once as a parameter and once as an address. */
function parameter(path: string): string {
  return path.replaceAll("%", "%25");
}

async function openFolder(given: string, secret: string): Promise<Target> {
  const snapshot = await snapshotIn(given);
  const path = snapshot === undefined ? given : join(given, "snapshots", snapshot);
  const names = await readdir(path);
  const shared = await share(path, secret);
  if (names.includes("config.json")) return { hash: `#model=${parameter(shared.path)}`, shared };
  for (const name of names.filter((n) => n.endsWith(".safetensors")).sort()) {
    if (await isTrace(join(path, name)))
      return { hash: `#trace=${parameter(shared.path + encodeURIComponent(name))}`, shared };
  }
  throw new Error(`${path} holds neither a config.json (a checkpoint) nor a recorded run.`);
}

async function isBundled(name: string): Promise<boolean> {
  if (!/^[\w.-]+$/.test(name)) return false;
  return (await stat(join(ROOT, "models", name, "config.json")).catch(() => undefined)) !== undefined;
}

/** True for a safetensors file whose header names the trace format. */
async function isTrace(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = new Uint8Array(8);
    if ((await file.read(head, 0, 8, 0)).bytesRead < 8) return false;
    const length = Number(new DataView(head.buffer).getBigUint64(0, true));
    const start = new Uint8Array(Math.min(length, 1 << 20));
    await file.read(start, 0, start.length, 8);
    return new TextDecoder().decode(start).includes('"headscope.trace"');
  } finally {
    await file.close();
  }
}

function browse(address: string): void {
  const [command, args] =
    process.platform === "darwin"
      ? ["open", [address]]
      : process.platform === "win32"
        ? ["cmd", ["/c", "start", '""', address.replaceAll("&", "^&")]]
        : ["xdg-open", [address]];
  const child = spawn(command as string, args as string[], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
