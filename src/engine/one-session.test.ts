// One session serves a run and what is written after it: counted at the runtime.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { folderSource } from "../checkpoint/node.ts";
import { openModel } from "./index.ts";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime } from "./runtime/runtime.ts";

const folder = fileURLToPath(new URL("../../test/fixtures/goldens/llama", import.meta.url));
const IDS = [5, 6, 7, 8, 9, 10];
/** What the page records. */
const CAPTURES = ["q", "k", "v", "last_logits"] as const;

it("opens its sessions when it is prepared, and none for runs, Continue, and Continue again", async () => {
  const inner = await nodeRuntime();
  let opened = 0;
  const runtime: Runtime = {
    ...inner,
    session: (...args) => {
      opened++;
      return inner.session(...args);
    },
  };
  const model = await openModel(await folderSource(folder), { runtime });
  const write = async (ids: readonly number[]) => {
    const written: number[] = [];
    for await (const { token } of model.generate({ ids }, { tokens: 3, ignoreEos: true }))
      written.push(token.id!);
    return written;
  };
  await model.prepare({ captures: CAPTURES, writing: true });
  const prepared = opened;
  expect(prepared).toBeGreaterThan(0);
  await model.run({ ids: IDS }, { captures: CAPTURES });
  const first = await write(IDS);
  await model.run({ ids: [...IDS, ...first] }, { captures: CAPTURES });
  await write([...IDS, ...first]);
  expect(first.length).toBeGreaterThan(0);
  expect(opened).toBe(prepared);
  await model.dispose();
});
