// A process that answers JSON lines: each side of a comparison runs in one.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a child answers: seconds and whatever else the request asks for. */
export interface Answer {
  readonly seconds: number;
  readonly megabytes: number;
  readonly ids: readonly number[];
  readonly versions: Readonly<Record<string, string>>;
}

/** A request; `do` names the verb. */
export interface Request {
  readonly do: string;
  readonly [field: string]: unknown;
}

export interface Child {
  /** Sends one request; rejects with the error that the child names. */
  ask(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts `command`. */
export function startChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(command, args, { stdio: "pipe", env: { ...process.env, ...env } });
  const errors: string[] = [];
  child.stderr.on("data", (text) => errors.push(String(text)));
  child.on("error", (error) => errors.push(error.message));
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once("close", resolve));
  const ask = async (request: Request): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended: ${errors.join("").trim().split("\n").at(-1) ?? ""}`);
    const answer = JSON.parse(value) as Answer & { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill(), 5000);
    await ended;
    clearTimeout(timer);
  };
  return { ask, stop };
}
