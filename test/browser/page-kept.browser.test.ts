// A run stays in the engine's process: the map's pictures and the scores are made there, and come before its numbers.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { freshToken } from "../../src/cli/native/access.ts";
import { useStage } from "./browser.ts";
import { serveNative } from "./native-stage.ts";
import { status, traceOf } from "./page.ts";

const token = freshToken();
/** No run is so slow that its layers cross before it is whole. */
const pace = { first: 600_000, apart: 600_000 };
const PATIENCE = { timeout: 20_000 };

const stage = useStage(() => serveNative({ token, places: { pace } }));

/** What the page asks its engine from now on, by kind, in order. */
async function asking(page: Page): Promise<string[]> {
  const asked: string[] = [];
  await page.routeWebSocket(/engine/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      asked.push((JSON.parse(String(message)) as { kind: string }).kind);
      server.send(message);
    });
    server.onMessage((message) => socket.send(message));
  });
  return asked;
}

it("draws the map of a long run from pictures made where it was computed; the rest of its numbers come after", async () => {
  const page = await stage.visit(`/#model=stories-gpt2&text=Lily+saw+a+cat.&token=${token}`);
  await expect.poll(() => status(page), PATIENCE).toMatch(/^live/);
  const asked = await asking(page);
  await page.reload();
  await expect.poll(() => status(page), PATIENCE).toMatch(/^live/);
  asked.length = 0;
  await page.locator("[data-field=text]").fill("Lily saw a big cat. ".repeat(36));
  await page.locator(".run").click();
  await expect.poll(() => asked, PATIENCE).toContain("scores");
  await expect.poll(() => page.locator(".hs-map[data-busy]").count(), PATIENCE).toBe(0);
  const order = ["run", "thumbnails", "rest", "scores"];
  expect([...new Set(asked)].filter((kind) => order.includes(kind))).toEqual(order);
  await expect.poll(() => status(page), PATIENCE).toMatch(/^live/);
  expect(page.workers().filter((worker) => worker.url().includes("analysis"))).toEqual([]);
  const trace = await traceOf(page);
  expect(trace.names.filter((name) => name.endsWith(".q"))).toHaveLength(5);
}, 60_000);
