// What a model writes, as it comes.

import type { Writing } from "../state/run.ts";

/** A text while it is being written. */
export function Coming({ writing, chat }: { writing: Writing; chat: boolean }) {
  const { prompt, text, done, total } = writing;
  return (
    <div class="notice writing" role="status">
      <p class="text" dir="auto">
        <span class="prompt">{endOf(prompt)}</span>
        {chat && " → "}
        <span>{text}</span>
        <i class="caret" aria-hidden="true" />
      </p>
      <span class="num small muted">
        {done} of {total} tokens
      </span>
    </div>
  );
}

const SHOWN = 90;

/** The end of a text that is too long for the line. */
export function endOf(text: string): string {
  return text.length > SHOWN ? `…${text.slice(-SHOWN)}` : text;
}
