// Parts of the page whose code is fetched when they are first shown, so that a first visit reads little script: a quiet
// word while it comes, the focus inside once it is there, and a way to ask again where it does not come.

import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { enter } from "./enter.ts";

/**
 * A component of a module that `load` fetches; once it was fetched it is drawn at once. `known`: the module, where it was
 * fetched for another of its components.
 */
export function later<Module, Props extends object>(
  load: () => Promise<Module>,
  pick: (module: Module) => FunctionComponent<Props>,
  known: () => Module | null = () => null,
): FunctionComponent<Props> {
  let found: FunctionComponent<Props> | null = null;
  let failed: unknown = null;
  const fetched = async () => {
    found = pick(await (failed === null ? load() : again(load, failed)));
  };
  return function Later(props: Props) {
    const module = known();
    if (module) found ??= pick(module);
    const state = useSignal<"coming" | "there" | "missing">(found ? "there" : "coming");
    const place = useRef<HTMLDivElement>(null);
    const panel = useRef<HTMLElement | null>(null);
    const ask = async () => {
      state.value = "coming";
      await fetched().catch((error: unknown) => {
        failed = error;
      });
      state.value = found ? "there" : "missing";
    };
    useEffect(() => {
      if (!found) void ask();
    }, []);
    useLayoutEffect(() => {
      if (place.current) panel.current = place.current.closest<HTMLElement>("[role=dialog], dialog");
      // Focus that waits in the panel, or was lost with what stood there, goes on into what has come.
      if (state.value !== "coming" && panel.current && waits(panel.current)) enter(panel.current);
    }, [state.value]);
    const Part = found;
    if (state.value === "there" && Part) return <Part {...props} />;
    return (
      <div ref={place} class="later">
        {state.value === "coming" ? <p role="status">Loading …</p> : <Missing ask={() => void ask()} />}
      </div>
    );
  };
}

function waits(panel: HTMLElement): boolean {
  const { activeElement } = document;
  return activeElement === panel || activeElement === document.body || activeElement === null;
}

function Missing({ ask }: { ask: () => void }) {
  return (
    <>
      <p role="alert">
        The code of this part did not come: the network or headscope is away, or headscope was updated since.
        Try again, or load the page again.
      </p>
      <button type="button" class="btn small" data-first onClick={ask}>
        Try again
      </button>
    </>
  );
}

/**
 * Fetch a module once more. A browser may remember that an address gave no module and not ask again, so it is asked for
 * under another one, where the error names it (Chromium and Firefox do).
 */
async function again<Module>(load: () => Promise<Module>, failed: unknown): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const [address] = /https?:\S+\.js/.exec(String(failed)) ?? [];
    if (!address) throw error;
    return (await import(/* @vite-ignore */ `${address}?again=${Date.now()}`)) as Module;
  }
}
