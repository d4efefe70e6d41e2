// Starts the page: state, worker, address, keys and drops, wired to the browser.

import "./fonts.css";
import "./app.css";
import { computed, effect } from "@preact/signals";
import { render } from "preact";
import { droppedFiles, pickedFiles } from "../checkpoint/files.ts";
import { themeVariables } from "../views/look/style.ts";
import type { BundledModel } from "../wire/catalog.ts";
import { EngineClient } from "../wire/client.ts";
import { TOKEN_PARAM } from "../wire/native.ts";
import type { WorkerLike } from "../wire/rpc.ts";
import { Actions } from "./actions/actions.ts";
import { Address } from "./actions/address.ts";
import { Engines } from "./actions/engines.ts";
import { onKey } from "./actions/keys.ts";
import { decodePicture } from "./actions/picture-file.ts";
import { scoreBlock } from "./actions/scoring.ts";
import { App } from "./page/app.tsx";
import { pickFiles } from "./page/files.tsx";
import { leaveDraft, takeDraft } from "./state/draft.ts";
import type { Example } from "./state/gallery.ts";
import { trustedIn } from "./state/hosts.ts";
import { keepWhere, keptWhere } from "./state/kept-where.ts";
import { widthOf } from "./state/layout.ts";
import { keepSizes, keptSizes } from "./state/panel-sizes.ts";
import { panelOfTab } from "./state/place.ts";
import { leaveRecent, takeRecent } from "./state/recent-kept.ts";
import { AppState } from "./state/state.ts";
import { readUrl, writeUrl } from "./state/url.ts";
import { AnalysisClient } from "./worker/analysis.ts";
import { Looking } from "./worker/looking.ts";
import { askNative, takeToken } from "./worker/native.ts";
import { SocketWorker } from "./worker/socket.ts";
import { type FileWorker, fileByWorker, wholeFile } from "./worker/whole-file.ts";

const app = new AppState();
const startWorker = () =>
  new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" }) as unknown as WorkerLike;
const startGpuWorker = () =>
  new Worker(new URL("./worker/gpu-worker.ts", import.meta.url), { type: "module" }) as unknown as WorkerLike;
const analysis = new AnalysisClient(
  () =>
    new Worker(new URL("./worker/analysis-worker.ts", import.meta.url), {
      type: "module",
    }) as unknown as WorkerLike,
);
/** True for an address that this computer's own headscope printed. */
const printed = location.hash.includes(`${TOKEN_PARAM}=`);
const token = takeToken();
const engines = new Engines(app, {
  browser: new EngineClient(startWorker),
  native: new EngineClient(() => new SocketWorker(document.baseURI, token ?? "")),
  webgpu: new EngineClient(startGpuWorker),
});
const looking = new Looking(() => engines.now, analysis);
const actions = new Actions(app, engines, {
  mapDrawn: () => looking.quiet(),
  fetchBytes,
  decodePicture,
  resolve: (url) => new URL(url, document.baseURI).href,
  now: () => performance.now(),
  clock: () => Date.now(),
  home: location.host,
  trusted: trustedIn(sessionStorage),
});

const startFileWorker = () =>
  new Worker(new URL("./worker/file-worker.ts", import.meta.url), {
    type: "module",
  }) as unknown as FileWorker;

/** A file at an address relative to the page. The page itself asks its own server only. */
function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const { href, origin } = new URL(url, document.baseURI);
  return origin === location.origin
    ? wholeFile(href, { signal })
    : fileByWorker(startFileWorker, href, signal);
}

/** A JSON file beside the page; the fallback where there is none, as on a page without models or gallery. */
async function fetchJson<T>(url: string, otherwise: T): Promise<T> {
  try {
    const response = await fetch(new URL(url, document.baseURI));
    return response.ok ? ((await response.json()) as T) : otherwise;
  } catch {
    return otherwise;
  }
}

app.readings.askOutputs = (block, layer, signal) =>
  engines.now.outputs(block, layer, signal ? { signal } : {});
app.readings.askThumbnail = (trace, what, here) => looking.thumbnail(trace, what, here);
app.opening.value = "";
followSystemTheme();
followWindow();
followWhere();
followSizes();
followTitle();
followAddress();
listen();
render(<App app={app} actions={actions} />, document.getElementById("app")!);
void start();

async function start(): Promise<void> {
  // What was typed and not run yet survives a reload of the same address, also one in the middle of a run.
  const typed = takeDraft(sessionStorage, location.hash);
  const [gallery, bundled, native] = await Promise.all([
    fetchJson<readonly Example[]>("gallery/entries.json", []),
    fetchJson<readonly BundledModel[]>("models/index.json", []),
    askNative(document.baseURI, token),
  ]);
  app.native.value = native;
  app.gallery.value = gallery;
  app.bundled.value = bundled;
  app.recent.restore(takeRecent(sessionStorage));
  await actions.visiting.visit(location.search, location.hash, printed);
  if (app.opening.value === "") app.opening.value = null;
  if (typed && app.draft.value === app.run.value?.input) app.draft.value = typed;
  addEventListener("pagehide", () => {
    leaveDraft(sessionStorage, location.hash, app);
    if (app.run.value) app.recent.leave(app.place.value, app.run.value);
    leaveRecent(sessionStorage, app.recent.list.value);
  });
  document.documentElement.dataset.ready = "true";
  void computeFaster();
}

/** Fetched once the first picture stands; without it attention is computed by plain loops. */
async function computeFaster(): Promise<void> {
  const simd = await import("../trace/dots/simd.ts").catch(() => null);
  simd?.useSimd();
}

/** Where models run is chosen once for this browser. */
function followWhere(): void {
  const storage = () => localStorage;
  app.where.value = keptWhere(storage) ?? app.where.value;
  effect(() => keepWhere(storage, app.where.value));
}

/** Panels keep the sizes that they were given in this browser. */
function followSizes(): void {
  const storage = () => localStorage;
  app.sizes.value = keptSizes(storage);
  effect(() => keepSizes(storage, app.sizes.value));
}

function followWindow(): void {
  const follow = () => {
    app.windowHeight.value = innerHeight;
    app.phone.value = widthOf(innerWidth) === "phone";
  };
  follow();
  addEventListener("resize", follow);
}

function followTitle(): void {
  effect(() => {
    document.title = app.title.value;
  });
}

function followSystemTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    app.systemTheme.value = dark.matches ? "dark" : "light";
  };
  follow();
  app.settle({ theme: readUrl(location.search, location.hash).theme });
  dark.addEventListener("change", follow);
  effect(() => {
    const root = document.documentElement;
    root.dataset.theme = app.theme.value;
    root.setAttribute("style", `${themeVariables(app.theme.value)};color-scheme:${app.theme.value}`);
  });
}

/** The place is written into the address, and back and forward are read from it. */
function followAddress(): void {
  const address = new Address({
    now: () => location.hash.slice(1),
    push: (hash) => history.pushState(null, "", `#${hash}`),
    replace: (hash) => history.replaceState(null, "", `#${hash}`),
    later: behindPicture,
  });
  let arriving = false;
  let shown = app.run.value;
  effect(() => {
    const [hash, run] = [writeUrl(app.place.value), app.run.value];
    if (arriving || run === null) return;
    address.write(hash, app.history);
    // Only the first picture of a run is waited for.
    if (run === shown) address.flush();
    shown = run;
  });
  addEventListener("pagehide", () => address.flush());
  addEventListener("popstate", async () => {
    address.drop();
    arriving = true;
    await actions.visiting.visit(location.search, location.hash);
    arriving = false;
  });
}

/** Once the next frame is drawn; soon where the page is hidden, which draws none. */
function behindPicture(work: () => void): void {
  if (document.hidden) setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
}

/** Once a run with edits stands, and no other is on its way: what it makes the model say. */
function followSaid(): void {
  let telling: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const shown = computed(() => {
    const place = app.place.value;
    if (!app.phone.value) return place.panel;
    return place.tab === "edits" ? panelOfTab(place) : null;
  });
  const looks = computed(() => shown.value === "edits" && app.loading.value === null);
  /** Of a model that fills in words, whose table has others for another place. */
  const where = computed(() => (app.own.value?.kind === "encoder" ? app.pinnedQuery.value : null));
  effect(() => {
    app.run.value;
    where.value; // another word is pinned: the table has other words
    telling?.abort();
    clearTimeout(timer);
    if (!looks.value) return;
    telling = new AbortController();
    const { signal } = telling;
    timer = setTimeout(() => void actions.tell(signal), 150);
  });
}

function listen(): void {
  const target = {
    focusMap: () => document.querySelector<HTMLElement>(".hs-map-plane")?.focus(),
    focusSearch: () => document.querySelector<HTMLElement>(".find-search input")?.focus(),
    openFiles: () => pickFiles(),
    oneAtATime: () => widthOf(innerWidth) === "phone",
  };
  addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && onKey(event, app, actions, target)) event.preventDefault();
  });
  const dropping = (on: boolean) => document.documentElement.toggleAttribute("data-dropping", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    dropping(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && dropping(false));
  addEventListener("drop", async (event) => {
    event.preventDefault();
    dropping(false);
    const dropped = event.dataTransfer ? droppedFiles(event.dataTransfer.items) : [];
    await actions.opening.files(dropped);
  });
  addEventListener("paste", (event) => {
    const files = pickedFiles(event.clipboardData?.files ?? []);
    if (files.length === 0) return;
    event.preventDefault();
    void actions.opening.files(files);
  });
  let counting: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const busy = computed(() => app.loading.value !== null);
  effect(() => {
    app.draft.value;
    app.live.value;
    app.draftTokens.value = null;
    counting?.abort();
    clearTimeout(timer);
    if (busy.value) return; // the engine computes what the reader waits for
    counting = new AbortController();
    const { signal } = counting;
    timer = setTimeout(() => void actions.countDraft(signal), 120);
  });
  followSaid();
  effect(() => {
    app.trace.value;
    app.place.value.block;
    app.arriving.value;
    const score = () => scoreBlock(app, looking);
    if (app.behind.value) requestAnimationFrame(() => setTimeout(score));
    else queueMicrotask(score);
  });
}
