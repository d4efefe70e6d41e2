// Runs in the measured pages, BertViz's and headscope's alike: times a gesture until it is painted. At the screen's own pace:
// without it (--disable-frame-rate-limit) medians stay what they are, frames in which nothing is new still take 17 ms, and
// with every stage waited for (--run-all-compositor-stages-before-draw) idle frames take a processor that the page needs.

/** What a measured page offers. */
export interface Measured {
  /** Resolves, to the time since the navigation began, when the first drawing is done. */
  drawn: Promise<number>;
  gestures: Record<string, () => void>;
  /** True while work is under way that no timer or frame of the page tells of, e.g. in a worker. */
  busy?: () => boolean;
  /** Waits until what was drawn is in pixels, where the page can tell. */
  rastered?: () => void;
  measureFirst(): Promise<Times>;
  measureGesture(name: string): Promise<Times>;
}

/** Milliseconds until three moments. */
export interface Times {
  /** The code that draws, or that a gesture calls, has returned. */
  readonly done: number;
  /** The second animation frame after that; canvases hold their pixels. */
  readonly painted: number;
  /** The second animation frame in which nothing is left to do: what was put off for later is there too. */
  readonly complete: number;
}

/** Installs the clock; sent to every page before its own scripts. Uses nothing from outside itself. */
export function installClock(): void {
  const page = window as unknown as Measured;
  const pending = new Set<string>();
  type Begin = (work: (...given: unknown[]) => void, ...rest: unknown[]) => number;
  const watch = (
    start: "setTimeout" | "requestAnimationFrame",
    stop: "clearTimeout" | "cancelAnimationFrame",
  ) => {
    const begin = window[start].bind(window) as unknown as Begin;
    const end = window[stop].bind(window);
    const watched: Begin = (work, ...rest) => {
      const id = begin(
        (...given) => {
          pending.delete(start + id);
          work(...given);
        },
        ...rest,
      );
      pending.add(start + id);
      return id;
    };
    const stopped = (id: number) => {
      pending.delete(start + id);
      end(id);
    };
    Object.assign(window, { [start]: watched, [stop]: stopped });
    return begin;
  };
  watch("setTimeout", "clearTimeout");
  const nextFrame = watch("requestAnimationFrame", "cancelAnimationFrame");
  const frame = () => new Promise((resolve) => nextFrame(resolve));
  const idle = () => pending.size === 0 && !page.busy?.();
  const from = async (start: number, done: number): Promise<Times> => {
    await frame();
    let quiet = idle() ? 1 : 0;
    await frame();
    page.rastered?.();
    const painted = performance.now();
    quiet = idle() ? quiet + 1 : 0;
    for (; quiet < 2; quiet = idle() ? quiet + 1 : 0) await frame();
    return { done: done - start, painted: painted - start, complete: performance.now() - start };
  };
  page.measureFirst = async () => from(0, await page.drawn);
  page.measureGesture = async (name) => {
    const start = performance.now();
    page.gestures[name]!();
    return from(start, performance.now());
  };
}

/** Gestures in BertViz's pages, as a user's clicks and moves reach them. */
export function installBertVizGestures(): void {
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const send = (target: Element | undefined, type: string) => {
    if (!target) throw new Error("This version of BertViz draws other elements than those known here.");
    target.dispatchEvent(new MouseEvent(type, { bubbles: true }));
  };
  const choose = (selector: string, value: string) => {
    const select = document.querySelector<HTMLSelectElement>(selector)!;
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const middle = (elements: Element[]) => elements[elements.length >> 1];
  (window as unknown as Measured).gestures = {
    "switch layer": () => choose("#layer", "1"),
    "toggle head": () => send(all('#vis svg > g > rect[width="20"]')[2], "click"),
    hover: () => send(middle(all("#left rect.background")), "mouseover"),
    "open head": () => send(middle(all("#vis svg > g > rect:last-child")), "click"),
    "switch head": () => choose("#att_head", "1"),
    "show neurons": () => {
      const row = middle(all("#leftText .plus-sign"))!.parentElement!;
      send(row.querySelector("text")!, "mouseover");
      send(row.querySelector('rect[width="16"]')!, "click");
    },
  };
}
