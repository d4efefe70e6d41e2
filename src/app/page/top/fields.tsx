// What is run: a text, two sentences, source and target, ids, or a picture; each with its number of tokens.

import { useEffect, useRef } from "preact/hooks";
import { type Reads, sameDraft } from "../../state/draft.ts";
import { firstPicture } from "../../state/picture.ts";
import type { AppState } from "../../state/state.ts";
import { countsOf } from "../../state/texts.ts";
import { Segments } from "../controls/segments.tsx";
import { inside } from "../inside.tsx";
import type { PartProps } from "../part.ts";

const PictureField = inside("PictureField");

type TextName = "text" | "pair" | "target" | "b";

const FIELDS: Readonly<Record<Exclude<Reads, "picture">, readonly (readonly [TextName, string])[]>> = {
  text: [["text", "Text"]],
  ids: [["text", "Ids"]],
  pair: [
    ["text", "A"],
    ["pair", "B"],
  ],
  translate: [
    ["text", "Source"],
    ["target", "Target"],
  ],
};

const PLACEHOLDERS: Readonly<Record<TextName, string>> = {
  text: "Type a text.",
  b: "Text to compare with",
  pair: "Second sentence",
  target: "optional",
};

/** Lines of a field that has the focus. */
const MOST_LINES = 4;

const WITH_B = [
  ["text", "A"],
  ["b", "B"],
] as const;

/** Where texts are compared or patched from, the other one has a field. */
function fieldsOf(app: AppState, reads: Exclude<Reads, "picture">) {
  const { compare, panel } = app.place.value;
  const compares = compare !== "off" || panel === "patch" || app.draft.value.b !== "";
  return reads === "text" && compares ? WITH_B : FIELDS[reads];
}

/** The fields of the form that Run sends. */
export function Fields({ app, actions }: PartProps) {
  const reads = app.reads.value;
  return (
    <form
      class="fields"
      id="run-form"
      onSubmit={(event) => {
        event.preventDefault();
        void actions.runDraft();
      }}
    >
      {app.own.value?.chat && <ChatChoice app={app} />}
      {app.own.value?.pictures && <TowerChoice app={app} />}
      {reads === "picture" ? (
        <PictureField app={app} actions={actions} />
      ) : (
        fieldsOf(app, reads).map(([name, label], i, all) => (
          <Field
            key={name}
            app={app}
            actions={actions}
            name={name}
            label={label}
            index={i}
            only={all.length === 1}
          />
        ))
      )}
    </form>
  );
}

/** Whether a model with two towers reads the text or a picture: the one chosen before, or the page's own. */
function TowerChoice({ app }: { app: AppState }) {
  return (
    <Segments
      label="What is read"
      choices={[
        ["text", "Text"],
        ["picture", "Picture"],
      ]}
      value={app.reads.value === "picture" ? "picture" : "text"}
      pick={(what) => {
        if (what === "picture") app.picture.value ??= { ...firstPicture(), name: "sun-over-hills" };
        const image = what === "picture" ? app.picture.value!.name : "";
        app.draft.value = { ...app.draft.value, image };
      }}
    />
  );
}

/** Whether the text is read as it is, or as a message to the model. */
function ChatChoice({ app }: { app: AppState }) {
  return (
    <Segments
      label="How the text is read"
      choices={[
        ["plain", "Plain text"],
        ["chat", "Chat"],
      ]}
      value={app.draft.value.chat ? "chat" : "plain"}
      pick={(how) => {
        app.draft.value = { ...app.draft.value, chat: how === "chat" };
      }}
    />
  );
}

interface FieldProps extends PartProps {
  readonly name: TextName;
  readonly label: string;
  readonly index: number;
  readonly only: boolean;
}

function Field({ app, actions, name, label, index, only }: FieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const value = app.draft.value[name];
  useEffect(() => grow(area.current!), [value]);
  useEffect(() => {
    const element = area.current!;
    const observer = new ResizeObserver(() => grow(element));
    observer.observe(element.parentElement!);
    return () => observer.disconnect();
  }, []);
  const count = tokenCount(app, index);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void actions.runDraft();
  };
  return (
    <label class="field">
      <b>{label}</b>
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        value={value}
        spellcheck={false}
        data-field={name}
        placeholder={PLACEHOLDERS[name]}
        onInput={(event) => {
          app.draft.value = { ...app.draft.value, [name]: event.currentTarget.value };
        }}
        onFocus={() => {
          void actions.warm();
          grow(area.current!);
        }}
        onBlur={() => grow(area.current!)}
        onKeyDown={onKeyDown}
      />
      <i class="num" aria-live="polite">
        {count === null || value === "" ? "" : only ? `${count} ${count === 1 ? "token" : "tokens"}` : count}
      </i>
    </label>
  );
}

/** One line that begins with the text's first; up to four while it has the focus, over what is below. */
function grow(area: HTMLTextAreaElement): void {
  const field = area.parentElement!;
  const focused = document.activeElement === area;
  area.style.height = "";
  field.classList.remove("cut");
  const line = Number.parseFloat(getComputedStyle(area).lineHeight);
  const lines = Math.max(1, Math.round(area.scrollHeight / line));
  const tall = focused && lines > 1;
  field.classList.toggle("tall", tall);
  field.classList.toggle("cut", !focused && lines > 1);
  if (tall) area.style.height = `${Math.min(MOST_LINES, lines) * line}px`;
  if (!focused) area.scrollTop = area.scrollLeft = 0;
}

/** Tokens of a field: of the draft where they are counted, of the run that is shown where the draft is its text. */
function tokenCount(app: AppState, index: number): number | null {
  if (index === 1 && app.reads.value === "text")
    return app.run.value?.b?.manifest.streams[0]?.tokens.length ?? null;
  const counted = app.draftTokens.value;
  if (counted) return counted[index] ?? null;
  const run = app.run.value;
  if (!run || !sameDraft(run.input, app.draft.value)) return null;
  const { streams, generated } = run.trace.manifest;
  const typed = streams.map(({ name, tokens }) =>
    tokens.slice(0, name === generated?.stream ? generated.start : undefined),
  );
  return countsOf(typed, app.pair.value)[index] ?? null;
}
