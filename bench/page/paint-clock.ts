// Runs in headscope's page: times a run until the last change of the map's pixels.

/** What the measured page offers. */
export interface PaintClock {
  /** Clicks `button` and resolves to the milliseconds until the canvas changed for the last time. */
  untilPainted(canvas: string, button: string): Promise<number>;
}

/** Installs the clock; sent to the page before its own scripts. Uses nothing from outside itself. */
export function installPaintClock(): void {
  /** Without a change for this long, all is painted. */
  const QUIET_MS = 600;
  const look = (selector: string): number => {
    const canvas = document.querySelector<HTMLCanvasElement>(selector);
    const context = canvas?.getContext("2d");
    if (!canvas || !context || canvas.width === 0 || canvas.height === 0) return 0;
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
    let hash = canvas.height;
    for (let i = 0; i < pixels.length; i += 28) hash = (Math.imul(hash, 31) + pixels[i]!) | 0;
    return hash;
  };
  const untilPainted = (canvas: string, button: string): Promise<number> =>
    new Promise((resolve, reject) => {
      let seen = look(canvas);
      const start = performance.now();
      let changed = 0;
      const frame = () => {
        const now = performance.now();
        const next = look(canvas);
        if (next !== seen) changed = now;
        seen = next;
        const running = document.querySelector(button)?.textContent?.includes("Stop") ?? false;
        const alert = document.querySelector(".notice[role=alert]")?.textContent;
        if (alert) reject(new Error(`The page says: ${alert}`));
        else if (changed > 0 && !running && now - changed > QUIET_MS) resolve(changed - start);
        else requestAnimationFrame(frame);
      };
      document.querySelector<HTMLElement>(button)!.click();
      requestAnimationFrame(frame);
    });
  Object.assign(window, { untilPainted });
}
