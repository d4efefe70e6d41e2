// The reader's own question in Find heads, folded until it is asked for.

import { useSignal } from "@preact/signals";
import { inside } from "../inside.tsx";
import type { PartProps } from "../part.ts";

const OwnQuestions = inside("OwnQuestions");

/** "Ask your own"; open where a question stands. */
export function FindOwn({ app, actions }: PartProps) {
  const { pattern, to, score } = app.place.value;
  const asks = pattern !== "" || to.length > 0 || score === "effect"; // an address may ask for what is yet to be run
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
