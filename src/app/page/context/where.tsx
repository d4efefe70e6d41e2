// Where models run: on this computer or in this browser, said in words and to be chosen.

import type { Where } from "../../state/run.ts";
import type { AppState } from "../../state/state.ts";
import { Segments } from "../controls/segments.tsx";

/** "this computer, 2 threads, float32" */
export function whereText(where: Where, threads: number): string {
  const place = where === "native" ? "this computer" : "this browser";
  return `${place}, ${threads} ${threads === 1 ? "thread" : "threads"}, float32`;
}

/** The choice, where there is one; why there is none, where the server of this computer has no engine. */
export function WhereChoice({ app }: { app: AppState }) {
  const found = app.native.value;
  if (!found) return null;
  if (!found.native) return <p class="hint small muted">Models run in this browser. {found.why}</p>;
  const hint =
    app.where.value === "native"
      ? `Models run in headscope's own process on this computer, with up to ${(found.native.limit / 1e9).toFixed(1)} GB for those of all pages.`
      : "Models run in WebAssembly, which is several times slower and has 4 GB.";
  return (
    <>
      <div class="where">
        <span class="small muted">Run on</span>
        <Segments
          label="Where models run"
          choices={[
            ["native", "This computer"],
            ["browser", "This browser"],
          ]}
          value={app.where.value}
          pick={(where) => {
            app.where.value = where;
          }}
        />
      </div>
      <p class="hint small muted">{hint}</p>
      {app.where.value === "native" && <Halves app={app} />}
    </>
  );
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
