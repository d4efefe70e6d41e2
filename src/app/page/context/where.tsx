// Where models run: on this computer or in this browser, there on the processor or the graphics device; said in words
// and to be chosen.

import type { Live, Where } from "../../state/run.ts";
import type { AppState } from "../../state/state.ts";
import { Segments } from "../controls/segments.tsx";

/** "this computer, 2 threads, float32", "this browser, WebGPU on apple metal-3, float32" */
export function whereText({ where, opened }: Live): string {
  const { runtime, threads, device } = opened;
  const counted = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  if (where === "native") return `this computer, ${counted}, float32`;
  const on = runtime === "webgpu" ? `WebGPU on ${device}` : `WebAssembly, ${counted}`;
  return `this browser, ${on}, float32`;
}

const LABELS: Readonly<Record<Where, string>> = {
  native: "This computer",
  browser: "This browser",
  webgpu: "WebGPU",
};

/** The choice, and what it means; why this computer's own engine is not among it, where its server has none. */
export function WhereChoice({ app }: { app: AppState }) {
  const found = app.native.value;
  const there: readonly Where[] = found?.native ? ["native", "browser", "webgpu"] : ["browser", "webgpu"];
  const chosen = there.find((where) => where === app.where.value) ?? "browser";
  return (
    <>
      <div class="where">
        <span class="small muted">Run on</span>
        <Segments
          label="Where models run"
          choices={there.map((where) => [where, LABELS[where]] as const)}
          value={chosen}
          pick={(where) => {
            app.where.value = where;
            app.gpuLeft.value = null;
          }}
        />
      </div>
      {found && !found.native && <p class="hint small muted">{found.why}</p>}
      <p class="hint small muted">{hintOf(app, chosen)}</p>
      {chosen === "native" && <Halves app={app} />}
    </>
  );
}

function hintOf(app: AppState, chosen: Where): string {
  const limit = app.native.value?.native?.limit;
  if (chosen === "webgpu") return gpuHint(app);
  if (chosen === "native")
    return `Models run in headscope's own process on this computer, with up to ${(limit! / 1e9).toFixed(1)} GB for those of all pages.`;
  return limit === undefined
    ? "Models run in WebAssembly, which has 4 GB."
    : "Models run in WebAssembly, which is several times slower and has 4 GB.";
}

function gpuHint({ live, gpuLeft }: AppState): string {
  const opened = live.value?.where === "webgpu" ? live.value.opened : null;
  const why = gpuLeft.value ?? opened?.instead;
  if (why) return `WebGPU is not used, WebAssembly runs in its place. ${why}`;
  return opened
    ? "Models run on the graphics device. Its numbers were compared with WebAssembly's."
    : "Models run on the graphics device, where this browser has WebGPU. The first run loads 27 MB and compares its numbers with WebAssembly's.";
}

/** Whether runs come in half precision. */
function Halves({ app }: { app: AppState }) {
  return (
    <label class="halves small">
      <input
        type="checkbox"
        checked={app.precision.value === "half"}
        onChange={({ currentTarget }) => {
          app.precision.value = currentTarget.checked ? "half" : "float32";
        }}
      />{" "}
      Send runs in half precision: half the bytes, weights within .001
    </label>
  );
}
