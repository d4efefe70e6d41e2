// Runs in headscope's page: times how fast tokens are written.

/** What the measured page offers. */
export interface WritingClock {
  /** Clicks Continue and resolves to tokens per second between the first and the last of `count` written ones. */
  tokensPerSecond(count: number): Promise<number>;
}

/** Installs the clock; sent to the page before its own scripts. Uses nothing from outside itself. */
export function installWritingClock(): void {
  const tokensPerSecond = (count: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const seen: { at: number; tokens: number }[] = [];
      const frame = () => {
        const said = document.querySelector(".writing[role=status] .num")?.textContent ?? "";
        const tokens = Number(/^\d+/.exec(said)?.[0] ?? 0);
        if (tokens > (seen.at(-1)?.tokens ?? 0)) seen.push({ at: performance.now(), tokens });
        const alert = document.querySelector(".notice[role=alert]")?.textContent;
        const [first, last] = [seen[0], seen.at(-1)];
        const running = document.querySelector(".run")?.textContent?.includes("Stop") ?? false;
        const stands = last && !running && document.querySelectorAll(".writing button").length >= count;
        if (alert) reject(new Error(`The page says: ${alert}`));
        else if (!stands) requestAnimationFrame(frame);
        else resolve(((last.tokens - first!.tokens) / (last.at - first!.at)) * 1000);
      };
      document.querySelector<HTMLElement>(".continue")!.click();
      requestAnimationFrame(frame);
    });
  Object.assign(window, { tokensPerSecond });
}
