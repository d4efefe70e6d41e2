// The reader's own question in Find heads, folded until it is asked for.

import { useSignal } from "@preact/signals";
import type { AppState } from "../../state/state.ts";
import { inside } from "../inside.tsx";
import type { PartProps } from "../part.ts";

const OwnQuestions = inside("OwnQuestions");

/** "Ask your own"; open where a question stands. */
export function FindOwn({ app, actions }: PartProps) {
  const { pattern, to } = app.place.value;
  const asks = pattern !== "" || to.length > 0 || waitsForEffect(app);
  const unfolded = useSignal(false);
  return (
    <details
      class="own"
      open={asks}
      onToggle={(event) => {
        unfolded.value ||= event.currentTarget.open;
      }}
    >
      <summary class="small">Ask your own</summary>
      {(asks || unfolded.value) && <OwnQuestions app={app} actions={actions} />}
    </details>
  );
}

/** True while heads are to be ranked by an effect that is not measured, or not to its end; then the list has the room. */
function waitsForEffect(app: AppState): boolean {
  const effect = app.edits.effect.value;
  const done = effect?.of === app.trace.value && !effect.running && effect.resume === null;
  return app.place.value.score === "effect" && !done;
}
