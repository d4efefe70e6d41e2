// Runs in headscope's page: times a run until the map has shown the last of its thumbnails. It listens to the map's own
// painting and asks for no frames: a clock that looks at the pixels of every frame takes a fifth of what it measures.

/** What the measured page offers. */
export interface PaintClock {
  /** Clicks `button` and resolves to the milliseconds until the frame behind the last thumbnail that `canvas` was given. */
  untilPainted(canvas: string, button: string): Promise<number>;
}

/** Installs the clock; sent to the page before its own scripts. Uses nothing from outside itself. */
export function installPaintClock(): void {
  /** Without a change for this long, and without a run, all is painted. */
  const QUIET_MS = 600;
  const LOOK_MS = 50;
  const { prototype } = CanvasRenderingContext2D;
  const put = prototype.putImageData;
  const seen = new WeakMap<HTMLCanvasElement, number>();
  let [watched, changed] = ["", 0];
  const hashOf = ({ data, height }: ImageData): number => {
    let hash = height;
    for (let i = 0; i < data.length; i += 28) hash = (Math.imul(hash, 31) + data[i]!) | 0;
    return hash;
  };
  prototype.putImageData = function (this: CanvasRenderingContext2D, image: ImageData, ...rest: number[]) {
    Reflect.apply(put, this, [image, ...rest]);
    if (watched === "" || !this.canvas.matches(watched)) return;
    const hash = hashOf(image);
    if (hash === seen.get(this.canvas)) return;
    seen.set(this.canvas, hash);
    changed = performance.now();
    requestAnimationFrame((time) => {
      changed = Math.max(changed, time);
    });
  } as typeof put;
  const untilPainted = (canvas: string, button: string): Promise<number> =>
    new Promise((resolve, reject) => {
      [watched, changed] = [canvas, 0];
      const start = performance.now();
      let busy = start;
      const look = () => {
        const running = document.querySelector(button)?.textContent?.includes("Stop") ?? false;
        const alert = document.querySelector(".notice[role=alert]")?.textContent;
        if (running) busy = performance.now();
        if (alert) reject(new Error(`The page says: ${alert}`));
        else if (changed > 0 && performance.now() - Math.max(changed, busy) > QUIET_MS)
          resolve(changed - start);
        else setTimeout(look, LOOK_MS);
      };
      document.querySelector<HTMLElement>(button)!.click();
      setTimeout(look, LOOK_MS);
    });
  Object.assign(window, { untilPainted });
}
