// Recorded runs that open but lack something, and addresses with any value: the page says so and throws nothing.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sirv from "sirv";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Tensor, writeSafetensors } from "../../src/tensor/index.ts";
import { seeded } from "../hostile/mutate.ts";
import { usePage } from "./page.ts";

const stage = usePage();
const root = mkdtempSync(join(tmpdir(), "strange-"));
let server: Server;
let url = "";

beforeAll(async () => {
  const files = sirv(root, { dev: true });
  server = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const words = (count: number): string[] => Array.from({ length: count }, (_, i) => ` w${i}`);

/** Halves that are 0: [heads, tokens, size]. */
const zeros = (...shape: number[]): Tensor => ({
  dtype: "F16",
  shape,
  data: new Uint16Array(shape.reduce((a, b) => a * b, 1)),
});

/** Rows of equal weights: [heads, queries, keys]. */
function even(heads: number, queries: number, keys: number): Tensor {
  const data = new Float32Array(heads * queries * keys).fill(1 / keys);
  return { dtype: "F32", shape: [heads, queries, keys], data };
}

interface Strange {
  readonly manifest: object;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

const text = (count: number) => [{ name: "text", tokens: words(count) }];
const self = (layers: number) => [{ name: "self", layers }];
const sized = [{ name: "self", layers: 2, heads: 2, headSize: 4 }];
const pair = [
  { name: "encoder", tokens: words(4) },
  { name: "decoder", tokens: words(3) },
];

const STRANGE: Readonly<Record<string, Strange>> = {
  "only layer 0 of two": {
    manifest: { blocks: self(2), streams: text(5) },
    tensors: { "self.0.q": zeros(2, 5, 4), "self.0.k": zeros(2, 5, 4) },
  },
  "only layer 1 of two, as patterns": {
    manifest: { blocks: self(2), streams: text(5) },
    tensors: { "self.1.pattern": even(2, 5, 5) },
  },
  "no tensors": { manifest: { blocks: sized, streams: text(3) }, tensors: {} },
  "values only": {
    manifest: { blocks: sized, streams: text(3) },
    tensors: { "self.0.v": zeros(2, 3, 4), "self.1.v": zeros(2, 3, 4) },
  },
  "one layer, one head, one token": {
    manifest: { blocks: self(1), streams: text(1) },
    tensors: { "self.0.pattern": even(1, 1, 1) },
  },
  "only cross attention": {
    manifest: { blocks: [{ name: "cross", layers: 2 }], streams: pair },
    tensors: { "cross.0.pattern": even(2, 3, 4), "cross.1.pattern": even(2, 3, 4) },
  },
  "cross attention without its numbers": {
    manifest: { blocks: [{ name: "cross", layers: 2, heads: 2, headSize: 4 }], streams: pair },
    tensors: {},
  },
  "30,000 tokens": {
    manifest: { blocks: [{ name: "self" }] },
    tensors: { "self.0.q": zeros(1, 30_000, 1), "self.0.k": zeros(1, 30_000, 1) },
  },
  "20,000 written tokens": {
    manifest: {
      blocks: [{ name: "self" }],
      streams: text(20_000),
      generated: { stream: "text", start: 0 },
    },
    tensors: { "self.0.q": zeros(1, 20_000, 1), "self.0.k": zeros(1, 20_000, 1) },
  },
  "1,201 tokens, all but the first written": {
    manifest: {
      blocks: [{ name: "self" }],
      streams: text(1201),
      generated: { stream: "text", start: 1 },
    },
    tensors: { "self.0.q": zeros(1, 1201, 1), "self.0.k": zeros(1, 1201, 1) },
  },
};

const KEYS = ["]", "m", "]", "[", "ArrowRight", "b", "l", "n", "Escape", "]"];

/** The page at a run's address on another host, which is followed when its reader says so, with the run or a notice. */
async function opened(name: string): Promise<Page> {
  const { manifest, tensors } = STRANGE[name]!;
  const metadata = { format: "headscope.trace", version: "1", manifest: JSON.stringify(manifest) };
  const file = `${name.replace(/\W+/g, "-")}.safetensors`;
  writeFileSync(join(root, file), writeSafetensors(new Map(Object.entries(tensors)), metadata));
  const page = await stage.show(`trace=${encodeURIComponent(`${url}/${file}`)}`);
  const load = page.getByRole("button", { name: /^Load from 127/ });
  await load.click();
  await load.waitFor({ state: "detached" });
  const alert = page.locator(".notice[role=alert]");
  await alert.or(page.locator(".crumb button").first()).first().waitFor();
  return page;
}

it.each(Object.keys(STRANGE))("a run with %s opens or is refused, and throws nothing", async (name) => {
  const page = await opened(name);
  for (const key of KEYS) {
    await page.keyboard.press(key);
    await settled(page);
  }
  expect(await page.locator(".writing [data-token]").count()).toBeLessThanOrEqual(500);
  await leave(page);
});

it("every written token of a long text is reached by keys, and by the dots at its ends", async () => {
  const page = await opened("1,201 tokens, all but the first written");
  const row = page.getByRole("toolbar", { name: "Written tokens" });
  const drawn = () =>
    row.locator("[data-token]").evaluateAll((all) => {
      const tokens = all.map((one) => Number((one as HTMLElement).dataset.token));
      const stops = all.filter((one) => (one as HTMLElement).tabIndex === 0).length;
      const at = (document.activeElement as HTMLElement).dataset.token;
      return { first: tokens[0], last: tokens.at(-1), at: at === undefined ? null : Number(at), stops };
    });
  const press = async (key: string) => {
    await page.keyboard.press(key);
    return drawn();
  };
  await row.locator("[data-token='1199']").focus(); // the last word is pinned, and its part is drawn
  expect(await press("Home")).toEqual({ first: 0, last: 499, at: 0, stops: 1 });
  await row.locator("[data-token='499']").focus();
  expect(await press("ArrowRight")).toEqual({ first: 500, last: 999, at: 500, stops: 1 });
  expect(await press("ArrowRight")).toMatchObject({ first: 500, at: 501 });
  expect(await press("End")).toEqual({ first: 1000, last: 1199, at: 1199, stops: 1 });
  expect(await press("ArrowRight")).toMatchObject({ at: 1199 });
  expect(await press("Home")).toMatchObject({ first: 0, at: 0 });
  await row.getByRole("button", { name: "Show the written tokens 500 to 999" }).click();
  expect(await drawn()).toMatchObject({ first: 500, at: 500 });
  await row.getByRole("button", { name: "Show the written tokens 0 to 499" }).click();
  expect(await drawn()).toMatchObject({ first: 0, last: 499, at: 499 });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter"); // pins it, and stays
  await row.locator("[data-token='500'][aria-pressed=true]").waitFor();
  expect(await drawn()).toMatchObject({ first: 500, at: 500, stops: 1 });
  await leave(page);
});

/** Two frames and what they started. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

/** Ends the page; nothing may have been thrown until then. Requests that end with it are told late. */
async function leave(page: Page): Promise<void> {
  await page.context().close();
  await new Promise((said) => setTimeout(said, 500));
  expect(thrown()).toEqual([]);
}

/** What the page threw; requests that were meant to fail are not looked at. */
function thrown(): string[] {
  return stage.problems.splice(0).filter((problem) => problem.startsWith("page:"));
}

const NAMES = (
  "block l beside h focus pin side view orientation dock panel vec filter hide strongest least read colors score sort to find tab " +
  "theme edits b compare pair target chat more temperature topk topp seed image"
).split(" ");
const VALUES = (
  "0 1 -1 99 4095 4096 1e9 NaN Infinity 2147483648 0.5 0,1,2 99,98 ,,, none all self encoder decoder cross key matrix " +
  "lines both neurons lens patch parts edits v aa difference side horizontal % %00 %E2%80%AE %ED%A0%80 <b>x</b> " +
  "zero+head+99.99 zero+head+0.* steer __proto__ constructor 'text+'"
).split(" ");

/** An address with up to eight parameters, each with any value. */
function anyAddress(random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const parts = Array.from({ length: 1 + Math.floor(random() * 8) }, () => `${pick(NAMES)}=${pick(VALUES)}`);
  return parts.join("&");
}

it("60 addresses with any value in any parameter throw nothing", async () => {
  const random = seeded(13);
  const page = await stage.show();
  for (let turn = 0; turn < 60; turn++) {
    const hash = anyAddress(random);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, hash);
    await settled(page);
    await page.keyboard.press("]");
    await settled(page);
    expect(thrown(), hash).toEqual([]);
  }
  await leave(page);
}, 120_000);
