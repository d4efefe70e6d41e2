// Checkpoints in the Hugging Face cache of this computer, newest first: the engine of this computer opens them at once.

import { bytes } from "../../notices.ts";
import type { AppState } from "../../state/state.ts";

interface CachedListProps {
  readonly app: AppState;
  readonly matches: (name: string) => boolean;
  readonly open: (key: string) => void;
}

/** The section of the model picker; nothing where models run in the browser. */
export function CachedList({ app, matches, open }: CachedListProps) {
  const cached = app.where.value === "native" ? (app.native.value?.native?.cached ?? []) : [];
  const found = cached.filter(({ id }) => matches(id));
  if (found.length === 0) return null;
  return (
    <>
      <h2>On this computer</h2>
      {found.map(({ id, family, layers, heads, bytes: size }) => (
        <button
          type="button"
          key={id}
          class={`item ${app.place.value.model === id ? "on" : ""}`}
          onClick={() => open(id)}
        >
          <span>
            {id}
            <small>
              {family}, {layers} × {heads} heads
            </small>
          </span>
          <span class="num faint small">{bytes(size)}</span>
        </button>
      ))}
    </>
  );
}
