// Share: a link to what is on screen, figures of it for papers, its numbers, one offline page, the run itself.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { writeTrace } from "../../../trace/index.ts";
import { download, fileName, htmlFile } from "../../actions/figures.ts";
import { commandLine, pythonLines, type Recipe, type RecipeFiles } from "../../actions/recipes.ts";
import type { AppState } from "../../state/state.ts";
import { LONGEST_LINK, writeUrl } from "../../state/url.ts";
import { CodeIcon, FileIcon } from "../controls/icons.tsx";
import { drawnOf, ShareFigure, useFigureChoice } from "./share-figure.tsx";

/** The inside of the share popover. */
export function SharePanel({ app }: { app: AppState }) {
  const said = useSignal("");
  const tell = (text: string): void => {
    said.value = text;
  };
  const trace = app.trace.value;
  const figure = useFigureChoice(app);
  const files = (): RecipeFiles => ({
    output: "figure.svg",
    trace: fileName(app, "trace", TRACE_FILE),
    other: "other.trace.safetensors",
  });
  return (
    <>
      <LinkRow app={app} />
      {trace && <ShareFigure app={app} figure={figure} tell={tell} />}
      <div class="files">
        <Item
          icon={<FileIcon />}
          title="Offline page"
          about="All views in one HTML file, without a network"
          off={!trace}
          press={() => saveHtml(app, tell)}
        />
        <Item
          icon={<FileIcon />}
          title="Trace"
          about="Tokens, attention, queries and keys, as a safetensors file"
          off={!trace}
          press={() => saveTrace(app)}
        />
        <Item
          icon={<CodeIcon />}
          title="Copy as command line"
          about="Writes the same figure in a terminal"
          off={!trace}
          press={() => copy(commandLine(app, drawnOf(app, figure), files()), tell)}
        />
        <Item
          icon={<CodeIcon />}
          title="Copy as Python"
          about="Draws the same figure in a notebook"
          off={!trace}
          press={() => copy(pythonLines(app, drawnOf(app, figure), files()), tell)}
        />
      </div>
      <p class="hint small muted" role="status">
        {said.value}
      </p>
    </>
  );
}

const TRACE_FILE = "trace.safetensors";

interface ItemProps {
  readonly icon: ComponentChildren;
  readonly title: string;
  readonly about: string;
  readonly off: boolean;
  readonly press: () => unknown;
}

function Item({ icon, title, about, off, press }: ItemProps) {
  return (
    <button type="button" class="item with-icon" disabled={off} onClick={() => void press()}>
      {icon}
      <span>
        {title}
        <small>{about}</small>
      </span>
    </button>
  );
}

function LinkRow({ app }: { app: AppState }) {
  const copied = useSignal("Copy link");
  const link = `${location.href.split("#")[0]}#${writeUrl(app.place.value)}`;
  const why = whyNot(app, link);
  const press = async () => {
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
          onClick={press}
        >
          {copied.value}
        </button>
      </div>
      {why && <p class="hint small muted">{why}</p>}
    </>
  );
}

/** What the link cannot do. */
function whyNot(app: AppState, link: string): string {
  if (link.length > LONGEST_LINK) return "The text is too long for a link. Save the trace instead.";
  if (/^(local\/|opened:)/.test(app.place.value.trace ?? app.place.value.model ?? ""))
    return "This link works on this machine only, while headscope runs.";
  if (app.place.value.image)
    return "The picture is not part of the link. Save the trace to keep what it gave.";
  const here = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  return here
    ? "This link opens on this machine, while headscope runs. For others, save the offline page."
    : "";
}

async function copy({ text, notes }: Recipe, tell: (said: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(["Copied.", ...notes].join(" "));
  } catch {
    tell(text);
  }
}

async function saveHtml(app: AppState, tell: (said: string) => void): Promise<void> {
  tell("Writing the page …");
  try {
    const { blob, notes } = await htmlFile(app);
    download(blob, fileName(app, "all", "html"));
    tell([`${(blob.size / 1e6).toFixed(1)} MB.`, ...notes].join(" "));
  } catch (error) {
    tell((error as Error).message);
  }
}

function saveTrace(app: AppState): void {
  const trace = app.trace.value;
  if (!trace) return;
  download(new Blob([writeTrace(trace) as Uint8Array<ArrayBuffer>]), fileName(app, "trace", TRACE_FILE));
}
