// The strip between the bars and the panels: what the example on screen shows, or what a model wrote. It comes and
// goes with a run, never by itself.

import { FirstRun, WrittenCaption } from "./first-run.tsx";
import { inside } from "./inside.tsx";
import type { PartProps } from "./part.ts";

const Written = inside("Written");

/** True if a model wrote a part of the run on screen. */
export function wasWritten({ app }: Pick<PartProps, "app">): boolean {
  return Boolean(app.trace.value?.manifest.generated);
}

/** The strip of the run on screen; empty where there is nothing to say. */
export function Strip({ app, actions }: PartProps) {
  return (
    <aside class="notices" aria-label="About this run">
      {wasWritten({ app }) ? (
        <>
          <Written app={app} />
          <WrittenCaption app={app} />
        </>
      ) : (
        <FirstRun app={app} actions={actions} />
      )}
    </aside>
  );
}
