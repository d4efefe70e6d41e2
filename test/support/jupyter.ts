// A JupyterLab of its own on 127.0.0.1, in a process group that is ended as a whole: a killed runner must leave no server.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ROOT } from "./python.ts";

export interface Lab {
  readonly folder: string;
  /** Address of a notebook of the folder, in a workspace of its own. */
  page(notebook: string): string;
  stop(): Promise<void>;
}

/** Starts a lab whose kernels find this checkout's headscope. */
export async function startLab(python: string): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "headscope-lab-"));
  const port = await freePort();
  const own = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const options = {
    "--ServerApp.token": "",
    "--ServerApp.password": "",
    "--ServerApp.root_dir": folder,
    "--ServerApp.port_retries": "0",
    "--LabApp.expose_app_in_browser": "True",
    "--LabApp.news_url": "",
    "--LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
  };
  const flags = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const lab = spawn(
    python,
    ["-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`, ...flags],
    {
      detached: true,
      stdio: "ignore",
      env: {
        ...process.env,
        PYTHONPATH: join(ROOT, "python"),
        JUPYTER_CONFIG_DIR: own(".config"),
        JUPYTER_DATA_DIR: own(".data"),
        JUPYTER_RUNTIME_DIR: own(".runtime"),
      },
    },
  );
  const stop = (): Promise<void> => end(lab, folder);
  try {
    await answering(`http://127.0.0.1:${port}/api`, lab);
  } catch (error) {
    await stop();
    throw error;
  }
  let spaces = 0;
  const page = (notebook: string): string =>
    `http://127.0.0.1:${port}/lab/workspaces/w${spaces++}/tree/${notebook}?reset`;
  return { folder, page, stop };
}

/** The lab ends its kernels, which have groups of their own and would write into the folder while it goes. */
async function end(lab: ChildProcess, folder: string): Promise<void> {
  if (lab.pid && lab.exitCode === null) {
    const ended = once(lab, "exit");
    lab.kill("SIGTERM");
    const late = setTimeout(() => process.kill(-lab.pid!, "SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answering(url: string, lab: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (lab.exitCode !== null) throw new Error(`JupyterLab ended with ${lab.exitCode}.`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("JupyterLab did not answer within a minute.");
}

/** Writes a notebook of code cells. */
export function writeNotebook(path: string, cells: readonly string[]): void {
  const code = (source: string) => ({
    cell_type: "code",
    execution_count: null,
    id: `c${cells.indexOf(source)}`,
    metadata: {},
    outputs: [],
    source,
  });
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  const notebook = { cells: cells.map(code), metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(path, JSON.stringify(notebook));
}

/** JupyterLab's application object, as much as the tests use. */
interface Kernel {
  readonly status: string;
  restart(): Promise<void>;
  requestExecute(content: { code: string }): {
    onIOPub: (message: { content: { text?: string; evalue?: string } }) => void;
    readonly done: Promise<unknown>;
  };
}
interface App {
  readonly commands: { execute(id: string, args?: object): Promise<unknown> };
  readonly serviceManager: { sessions: { shutdownAll(): Promise<void> } };
  readonly shell: {
    readonly currentWidget: {
      readonly context?: { readonly isReady: boolean };
      readonly sessionContext?: { readonly session?: { readonly kernel?: Kernel } };
    } | null;
  };
}
declare global {
  interface Window {
    jupyterapp?: App;
  }
}

/** Waits until the notebook is open and its kernel idle. */
export async function ready(page: Page): Promise<void> {
  const idle = (): boolean => {
    const shown = window.jupyterapp?.shell.currentWidget;
    return shown?.context?.isReady === true && shown.sessionContext?.session?.kernel?.status === "idle";
  };
  await page.waitForFunction(idle, null, { timeout: 80_000 });
}

/** Runs one of JupyterLab's commands. */
export function command(page: Page, id: string, args: object = {}): Promise<unknown> {
  return page.evaluate(([name, given]) => window.jupyterapp!.commands.execute(name, given).then(() => null), [
    id,
    args,
  ] as const);
}

/** What a piece of Python prints in the notebook's kernel. */
export function runInKernel(page: Page, code: string): Promise<string> {
  return page.evaluate(async (code) => {
    const kernel = window.jupyterapp!.shell.currentWidget!.sessionContext!.session!.kernel!;
    const future = kernel.requestExecute({ code });
    let printed = "";
    future.onIOPub = ({ content }) => {
      printed += content.text ?? content.evalue ?? "";
    };
    await future.done;
    return printed.trim();
  }, code);
}
