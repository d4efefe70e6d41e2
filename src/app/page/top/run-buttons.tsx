// Run and Continue; while something is loading, running or being written they are one button that stops it.

import type { AppState } from "../../state/state.ts";
import { Chevron } from "../controls/icons.tsx";
import { PopoverButton } from "../controls/popover.tsx";
import { inside } from "../inside.tsx";
import type { PartProps } from "../part.ts";
import { LoadingPanel } from "./loading-panel.tsx";

const SamplingPanel = inside("SamplingPanel");

/** The buttons beside the fields. */
export function RunButtons({ app, actions }: PartProps) {
  const running = app.loading.value?.shown === true;
  const missing = whatIsMissing(app);
  const other = app.place.value.model === null && app.run.value !== null ? actions.runs : null;
  return (
    <div class="anchor run-anchor">
      {running ? (
        // Another element than Run: the same one would have become Run's by the end of the click, and submit.
        <button key="stop" type="button" class="btn primary run" onClick={() => actions.stop()}>
          Stop
        </button>
      ) : (
        <button
          key="run"
          type="submit"
          form="run-form"
          class="btn primary run"
          disabled={missing !== ""}
          title={missing || `Run ${actions.runs ?? "a model"} on this input`}
        >
          <span class="what">Run{other && <span class="which"> {other}</span>}</span> <kbd>⏎</kbd>
        </button>
      )}
      {app.writes.value && <Continue app={app} actions={actions} disabled={running || missing !== ""} />}
      {running && <LoadingPanel app={app} actions={actions} />}
    </div>
  );
}

function whatIsMissing(app: AppState): string {
  return app.reads.value !== "picture" && app.draft.value.text.trim() === "" ? "Type a text." : "";
}

function Continue({ app, actions, disabled }: PartProps & { disabled: boolean }) {
  const { tokens } = app.sampling.value;
  return (
    <span class="anchor split">
      <button
        type="button"
        class="btn continue"
        disabled={disabled}
        title={`Let ${actions.runs ?? "the model"} write up to ${tokens} tokens`}
        onClick={() => void actions.continueDraft()}
      >
        Continue
      </button>
      <PopoverButton
        app={app}
        name="sampling"
        label="How to continue"
        aria-label="How to continue"
        class="btn icon draws"
        menu="menu right sampling"
        inside={<SamplingPanel app={app} actions={actions} />}
      >
        <span class="phone-only">Continue</span>
        <Chevron />
      </PopoverButton>
    </span>
  );
}
