// What has to be said, over the panels so that nothing moves: an error with what to do about it, a text as it is written.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Notice, NoticeAct } from "../state/notice.ts";
import { Coming } from "./coming.tsx";
import { Close } from "./controls/close.tsx";
import { Alert } from "./controls/icons.tsx";
import { pickFiles } from "./files.tsx";
import type { PartProps } from "./part.ts";

/** What stands: an error or a hint, else the text that is being written. */
export function Notices({ app, actions }: PartProps) {
  return (
    <section class="over" aria-label="Notices">
      {app.notice.value ? (
        <Standing app={app} actions={actions} notice={app.notice.value} />
      ) : (
        app.writing.value && <Coming writing={app.writing.value} chat={app.draft.value.chat} />
      )}
    </section>
  );
}

function Standing({ app, actions, notice }: PartProps & { readonly notice: Notice }) {
  const asksToken = useSignal(false);
  const act = (what: NoticeAct) => {
    asksToken.value = what.do === "token";
    if (what.do === "token") return;
    actions.act(what);
    if (what.do === "edit") document.querySelector<HTMLTextAreaElement>("[data-field=text]")?.focus();
    if (what.do === "files") pickFiles();
    if (what.do === "folder") pickFiles("folder");
    if (what.do === "picture") document.querySelector<HTMLButtonElement>("[data-picture]")?.click();
  };
  return (
    <div class={`notice ${notice.kind === "error" ? "err" : "info"}`} role="alert">
      {notice.kind === "error" && <Alert />}
      <div class="body">
        <h2>{notice.title}</h2>
        <p>{withCode(notice.text)}</p>
        <div class="acts">
          {asksToken.value && <TokenField give={(token) => actions.giveToken(token)} />}
          {notice.actions
            .filter(({ act: what }) => !(asksToken.value && what.do === "token"))
            .map(({ label, act: what }, i) => (
              <button
                type="button"
                key={label}
                class={`btn small ${i === 0 ? "primary" : ""}`}
                onClick={() => act(what)}
              >
                {label}
              </button>
            ))}
        </div>
      </div>
      <Close
        close={() => {
          app.notice.value = null;
        }}
      />
    </div>
  );
}

/** A token of the hub, for private and gated models. It is kept in this tab only. */
function TokenField({ give }: { give: (token: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      class="search token"
      onSubmit={(event) => {
        event.preventDefault();
        if (input.current!.value.trim()) give(input.current!.value);
      }}
    >
      <input
        ref={input}
        type="password"
        aria-label="Hugging Face token"
        placeholder="hf_…"
        autocomplete="off"
      />
      <button type="submit" class="btn small">
        Use it
      </button>
    </form>
  );
}

/** Text with its backquoted parts as code. */
function withCode(text: string) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part));
}
