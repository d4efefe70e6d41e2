// The model picker: a hub id or address, what is ready now, and files of this machine. Typing filters.

import { useSignal } from "@preact/signals";
import { bytes } from "../../notices.ts";
import type { Example } from "../../state/gallery.ts";
import { START } from "../../state/place.ts";
import type { AppState } from "../../state/state.ts";
import { WhereChoice } from "../context/where.tsx";
import { FileIcon } from "../controls/icons.tsx";
import { pickFiles } from "../files.tsx";
import type { PartProps } from "../part.ts";
import { CachedList } from "./cached-list.tsx";
import { KeptList } from "./kept-list.tsx";

/** The inside of the model popover. */
export function ModelPicker({ app, actions }: PartProps) {
  const query = useSignal("");
  const wanted = query.value.trim();
  const matches = (name: string) => name.toLowerCase().includes(wanted.toLowerCase());
  const open = (key: string) => {
    app.popover.value = null;
    const { theme, tab } = app.place.value;
    void actions.opening.model(key, {
      ...START,
      theme,
      tab,
      text: app.draft.value.text === "" ? "" : textFor(key),
    });
  };
  /** A model is opened on its own example; another model of the same kind gets the text that was typed. */
  const textFor = (key: string) =>
    app.gallery.value.some((e) => e.model === key) ? "" : app.draft.value.text;
  const bundled = app.bundled.value.filter((model) => matches(model.name));
  const recorded = onePerTrace(app.gallery.value).filter((e) =>
    matches(`${e.title} ${e.trace} ${e.input.text}`),
  );
  return (
    <>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted) open(wanted);
        }}
      >
        <input
          data-first
          value={query.value}
          placeholder="Hugging Face id, for example Qwen/Qwen3-0.6B"
          aria-label="Hugging Face id, address, or part of a name"
          spellcheck={false}
          onInput={(event) => {
            query.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="btn small" disabled={!wanted}>
          Load
        </button>
      </form>
      {bundled.length > 0 && <h2>Ready now</h2>}
      {bundled.map((model) => (
        <button
          type="button"
          key={model.name}
          class={`item ${app.place.value.model === model.name ? "on" : ""}`}
          onClick={() => open(model.name)}
        >
          <span>
            {model.name}
            <small>
              {model.family}, {model.layers} × {model.heads} heads. {model.about}
            </small>
          </span>
          <span class="num faint small">{bytes(model.bytes)}, live</span>
        </button>
      ))}
      <CachedList app={app} matches={matches} open={open} />
      <KeptList app={app} matches={matches} open={(key) => open(key.replace(/@main$/, ""))} />
      {recorded.length > 0 && <h2>Recorded runs</h2>}
      {recorded.map((example) => (
        <button
          type="button"
          key={example.id}
          class="item"
          onClick={() => {
            app.popover.value = null;
            void actions.opening.example(example);
          }}
        >
          <span>
            {[example.input.text, example.input.pair].filter(Boolean).join(" / ")}
            <small>{modelOf(example)}</small>
          </span>
          <span class="faint small">recorded</span>
        </button>
      ))}
      <hr />
      <WhereChoice app={app} />
      <FileButtons app={app} />
    </>
  );
}

/** Recorded runs that no bundled model can repeat, one entry for each run. */
function onePerTrace(gallery: readonly Example[]): Example[] {
  const recorded = gallery.filter((example) => example.model === null);
  return recorded.filter((e, i) => recorded.findIndex((other) => other.trace === e.trace) === i);
}

/** The model of a recorded run, as its file's name says. */
function modelOf(example: Example): string {
  return /^(gpt2|bert|opus-mt-[a-z]+-[a-z]+)/.exec(example.trace.split("/").at(-1)!)?.[0] ?? example.title;
}

function FileButtons({ app }: { app: AppState }) {
  return (
    <>
      <button type="button" class="item with-icon" onClick={() => pickFiles("folder")}>
        <FileIcon />
        <span>
          Open a folder
          <small>
            config.json with model.safetensors. Stays on this machine and runs in this browser
            {app.native.value?.native && (
              <>
                ; <code>npx headscope FOLDER</code> runs it on this computer, which a page cannot
              </>
            )}
            .
          </small>
        </span>
      </button>
      <button type="button" class="item with-icon" onClick={() => pickFiles()}>
        <FileIcon />
        <span>
          Open files
          <small>A recorded run, or the files of a checkpoint. You can also drop them on the page.</small>
        </span>
        <kbd>O</kbd>
      </button>
    </>
  );
}
