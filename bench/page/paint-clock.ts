// Runs in headscope's page: times a run until the map has painted the last of its thumbnails. It listens to what the map
// says of itself and asks for no frames: a clock that looks at the pixels of every frame takes a fifth of what it measures.

/** What the measured page offers. */
export interface PaintClock {
  /** Clicks `button` and resolves to the milliseconds until the frame behind the last thumbnail that `map` painted. */
  untilPainted(map: string, button: string): Promise<number>;
}

/** Installs the clock; sent to the page before its own scripts. Uses nothing from outside itself. */
export function installPaintClock(): void {
  /** The map is not busy, and nothing runs, for this long: all is painted. */
  const QUIET_MS = 600;
  const LOOK_MS = 50;
  const untilPainted = (map: string, button: string): Promise<number> =>
    new Promise((resolve, reject) => {
      let painted = 0;
      const watch = new MutationObserver((changes) => {
        if (!changes.some(({ target }) => (target as Element).matches(map))) return;
        painted = performance.now();
        requestAnimationFrame((time) => {
          painted = Math.max(painted, time);
        });
      });
      watch.observe(document.body, { subtree: true, attributeFilter: ["data-busy"] });
      const end = (settle: () => void) => {
        watch.disconnect();
        settle();
      };
      const start = performance.now();
      let busy = start;
      const look = () => {
        const running = document.querySelector(button)?.textContent?.includes("Stop") ?? false;
        const alert = document.querySelector(".notice[role=alert]")?.textContent;
        if (running || document.querySelector(map)?.hasAttribute("data-busy")) busy = performance.now();
        if (alert) end(() => reject(new Error(`The page says: ${alert}`)));
        else if (painted > 0 && performance.now() - Math.max(painted, busy) > QUIET_MS)
          end(() => resolve(painted - start));
        else setTimeout(look, LOOK_MS);
      };
      document.querySelector<HTMLElement>(button)!.click();
      setTimeout(look, LOOK_MS);
    });
  Object.assign(window, { untilPainted });
}
