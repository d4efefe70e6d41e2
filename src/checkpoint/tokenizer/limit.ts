// A bound on the time that files of strangers may take: patterns that never end, templates that loop for ever.
// Node stops them, and lets Ctrl-C through where they are long; in a page the work is done in a worker, which the page replaces.

import { CheckpointError } from "../source.ts";

/** Milliseconds that any text may take, and those that each character adds. */
const LEAST = 1_500;
const PER_CHARACTER = 0.5;

/**
 * Milliseconds that Ctrl-C may wait for. Work that may take longer is broken by it, for which Node takes the process's
 * own handlers away and puts them back: an interrupt that comes just then is lost, so short work goes without.
 */
const PATIENCE = 3_000;

interface Vm {
  runInThisContext(code: string, options: { timeout: number; breakOnSigint: boolean }): unknown;
}

interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
}

const ACTION = "__headscopeLimited";

/** The result of `action`; a CheckpointError (code "endless") where it takes too long for `characters` of text. */
export function limited<T>(what: string, characters: number, action: () => T): T {
  const vm = nodeVm();
  const here = globalThis as Record<string, unknown>;
  if (!vm || here[ACTION]) return action();
  const timeout = Math.ceil(LEAST + PER_CHARACTER * characters);
  here[ACTION] = action;
  try {
    return vm.runInThisContext(`${ACTION}()`, { timeout, breakOnSigint: timeout > PATIENCE }) as T;
  } catch (error) {
    throw stopped(error, what, timeout) ?? error;
  } finally {
    delete here[ACTION];
  }
}

/** Node's vm, which can stop JavaScript that runs; undefined in browsers and before Node 20.16. */
function nodeVm(): Vm | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.getBuiltinModule?.("node:vm") as Vm | undefined;
}

function stopped(error: unknown, what: string, timeout: number): CheckpointError | undefined {
  const { code } = error as { code?: unknown };
  if (code === "ERR_SCRIPT_EXECUTION_INTERRUPTED")
    return new CheckpointError(`${what} was interrupted.`, { code: "interrupted" });
  if (code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
  return new CheckpointError(
    `${what} did not end within ${Math.round(timeout / 1000)} seconds and was stopped. One of its patterns or templates may never end.`,
    { code: "endless", data: { milliseconds: timeout } },
  );
}
