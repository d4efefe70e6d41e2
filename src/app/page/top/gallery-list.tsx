// The gallery as a list: each entry a title and a sentence, opened from its recorded run at once.

import type { PartProps } from "../part.ts";

/** All entries of the gallery. */
export function GalleryList({ app, actions }: PartProps) {
  const entries = app.gallery.value;
  if (entries.length === 0) return <p class="empty muted">There is no gallery on this server.</p>;
  return (
    <>
      {entries.map((example, i) => (
        <button
          type="button"
          key={example.id}
          class={`item ${app.run.value?.example === example.id ? "on" : ""}`}
          {...(i === 0 ? { "data-first": true } : {})}
          onClick={() => {
            app.popover.value = null;
            void actions.openExample(example);
          }}
        >
          <span>
            {example.title}
            <small>{example.text}</small>
          </span>
          <span class="faint small">{example.model ? "live" : "recorded"}</span>
        </button>
      ))}
    </>
  );
}
