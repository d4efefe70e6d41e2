// Share: a link to what is on screen, and the run itself as a trace file.

import { useSignal } from "@preact/signals";
import { writeTrace } from "../../trace/index.ts";
import type { AppState } from "../state/state.ts";
import { LONGEST_LINK, writeUrl } from "../state/url.ts";
import { FileIcon } from "./icons.tsx";

/** The inside of the share popover. */
export function SharePanel({ app }: { app: AppState }) {
  const copied = useSignal("Copy link");
  const link = `${location.href.split("#")[0]}#${writeUrl(app.place.value)}`;
  const local = /^(local\/|opened:)/.test(app.place.value.trace ?? app.place.value.model ?? "");
  const why =
    link.length > LONGEST_LINK
      ? "The text is too long for a link. Save the trace instead."
      : local
        ? "This link works on this machine only, while headscope runs."
        : app.place.value.image
          ? "The picture is not part of the link. Save the trace to keep what it gave."
          : "";
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = "Copied";
    } catch {
      copied.value = "Select and copy";
    }
  };
  return (
    <>
      <div class="url">
        <input
          readOnly
          class="mono"
          value={link}
          aria-label="Link"
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          data-first
          class="btn small"
          disabled={link.length > LONGEST_LINK}
          onClick={copy}
        >
          {copied.value}
        </button>
      </div>
      {why && <p class="hint small muted">{why}</p>}
      <button type="button" class="item with-icon" disabled={!app.trace.value} onClick={() => save(app)}>
        <FileIcon />
        <span>
          Trace
          <small>Tokens, attention, queries and keys, as a safetensors file</small>
        </span>
      </button>
    </>
  );
}

function save(app: AppState): void {
  const trace = app.trace.value;
  if (!trace) return;
  const url = URL.createObjectURL(new Blob([writeTrace(trace) as Uint8Array<ArrayBuffer>]));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${trace.manifest.model.name.replace(/[^\w.-]+/g, "-")}.trace.safetensors`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
