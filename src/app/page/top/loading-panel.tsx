// What is being loaded or run: steps with bytes and speed, and Stop. It opens only when a run takes long enough to ask.

import { useEffect, useState } from "preact/hooks";
import { bytes } from "../../notices.ts";
import type { Loading } from "../../state/run.ts";
import { Check } from "../controls/icons.tsx";
import type { PartProps } from "../part.ts";

const STEPS = [
  { id: "files", name: "Read the model" },
  { id: "prepare", name: "Prepare the model" },
  { id: "run", name: "Run the text" },
] as const;

/** Shorter waits show only the line under the bar. */
const PATIENCE_MS = 350;

/** The panel under Run, once a wait is worth telling. */
export function LoadingPanel({ app, actions }: PartProps) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const loading = app.loading.value;
  if (!late || !loading || loading.step === "write") return null;
  const at = STEPS.findIndex((step) => step.id === loading.step);
  return (
    <div class="pop right loading" role="status" aria-live="polite">
      <h3>
        {loading.step === "run" ? "Running" : "Loading"} {loading.name}
        <span class="num muted">{percentOf(loading)}</span>
      </h3>
      <ol class="steps">
        {STEPS.map((step, i) => (
          <li key={step.id} class={i < at ? "done" : i === at ? "now" : ""}>
            <span class="num">{i < at ? <Check /> : i + 1}</span>
            <span>{step.name}</span>
            <span class="num">{i === at && amountOf(loading)}</span>
          </li>
        ))}
      </ol>
      <Bar loading={loading} />
      <div class="foot">
        <span class="muted small">{app.run.value ? "You can keep using the run below." : ""}</span>
        <button type="button" class="btn small" onClick={() => actions.stop()}>
          Stop
        </button>
      </div>
    </div>
  );
}

function Bar({ loading }: { loading: Loading }) {
  const { share, left, speed } = loading;
  if (share === 0) return null;
  return (
    <>
      <div class="pbar">
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <div class="muted small num">
        {[
          speed !== null && `${bytes(speed)}/s`,
          left !== null && left > 1 && `about ${Math.round(left)} s left`,
        ]
          .filter(Boolean)
          .join(", ")}
      </div>
    </>
  );
}

function percentOf({ share }: Loading): string {
  return share > 0 ? `${Math.floor(share * 100)}%` : "";
}

function amountOf({ step, progress }: Loading): string {
  if (!progress || progress.total <= 0) return "";
  if (step === "prepare") return `${progress.done} of ${progress.total} parts`;
  if (step === "run") return `${progress.done} of ${progress.total} layers`;
  return `${bytes(progress.done)} of ${bytes(progress.total)}`;
}
