// The gallery as a list in groups: each entry a title and a sentence, opened from its recorded run at once.

import { type Example, GROUPS, groupOf, stepExample } from "../../state/gallery.ts";
import type { PartProps } from "../part.ts";
import { GalleryThumb } from "./gallery-thumb.tsx";

/** All entries of the gallery, and the way to the ones beside the one on screen. */
export function GalleryList({ app, actions }: PartProps) {
  const entries = app.gallery.value;
  if (entries.length === 0) return <p class="empty muted">There is no gallery on this server.</p>;
  const open = (example: Example) => {
    app.popover.value = null;
    void actions.opening.example(example);
  };
  return (
    <>
      <Steps app={app} actions={actions} />
      {GROUPS.map((group) => (
        <section key={group} aria-label={group}>
          <h2>{group}</h2>
          {entries
            .filter((example) => groupOf(example) === group)
            .map((example) => (
              <button
                type="button"
                key={example.id}
                class={`item pictured ${app.run.value?.example === example.id ? "on" : ""}`}
                {...(app.run.value?.example === example.id ? { "data-first": true } : {})}
                onClick={() => open(example)}
              >
                {example.picture ? (
                  <GalleryThumb picture={example.picture} theme={app.theme.value} />
                ) : (
                  <span />
                )}
                <span>
                  {example.title}
                  <small>{example.text}</small>
                </span>
                <span class="faint small">{example.model ? "live" : "recorded"}</span>
              </button>
            ))}
        </section>
      ))}
    </>
  );
}

/** One entry back or on; the list stays open, so that a class can walk through it. */
function Steps({ app, actions }: PartProps) {
  const shown = app.run.value?.example ?? null;
  const go = (step: 1 | -1) => {
    const example = stepExample(app.gallery.value, shown, step);
    if (example) void actions.opening.example(example);
  };
  return (
    <div class="row steps-row">
      <button type="button" class="btn small" onClick={() => go(-1)}>
        Previous
      </button>{" "}
      <button type="button" class="btn small" onClick={() => go(1)}>
        Next
      </button>{" "}
      <button
        type="button"
        class="btn small phone-only"
        onClick={() => {
          app.popover.value = "keys";
        }}
      >
        Help
      </button>
    </div>
  );
}
