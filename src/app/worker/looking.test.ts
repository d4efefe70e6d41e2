import { expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { quietKeys, scoresOf, sliceOf, thumbnailOf } from "../../analysis/index.ts";
import { attentionOf, type Trace } from "../../trace/index.ts";
import { NO_FILTER } from "../../views/view.ts";
import type { Look } from "../../wire/look-questions.ts";
import { lookAt } from "../../wire/looks.ts";
import type { Got } from "../../wire/rpc.ts";
import { type Keeper, Looking } from "./looking.ts";

const trace = syntheticTrace({ layers: 3, heads: 4, tokens: 9, store: "qk", headSize: 8 });

/** Answers from the trace; keeps what it was asked. */
function looker(of: Trace, holds = true) {
  const asked: Look[] = [];
  const look = async (_: Trace, question: Look) => {
    asked.push(question);
    const [answer, tensors = []] = await lookAt(of, question, async () => {});
    return { answer, tensors } as Got<never>;
  };
  return { asked, holds: () => holds, look };
}

const where = { block: "self", size: 6, filter: NO_FILTER } as const;
const own = (layer: number, head: number) => {
  const attention = attentionOf(trace, "self");
  const [slice, quiet] = [sliceOf(attention, NO_FILTER), quietKeys(attention)];
  return thumbnailOf(attention, { layer, head, size: 6, slice, quiet });
};

test("an engine that keeps the run is asked, and nobody waits for layers to come to the page", async () => {
  const [engine, worker] = [looker(trace), looker(trace)];
  const looking = new Looking(() => engine, worker);
  const never = () => new Promise<void>(() => {});
  expect(await looking.thumbnail(trace, { ...where, layer: 2, head: 1 }, never)).toEqual(own(2, 1));
  expect(await looking.scores(trace, "self")).toEqual(scoresOf(trace, "self"));
  expect([engine.asked.length, worker.asked.length]).toEqual([2, 0]);
});

test("the page's worker answers where the engine does not keep the run, once its layer is there", async () => {
  const worker = looker(trace);
  const looking = new Looking(() => looker(trace, false), worker);
  let come = () => {};
  const here = () =>
    new Promise<void>((resolve) => {
      come = resolve;
    });
  const asked = looking.thumbnail(trace, { ...where, layer: 0, head: 0 }, here);
  await new Promise((resume) => setTimeout(resume));
  expect(worker.asked).toHaveLength(0);
  come();
  expect(await asked).toEqual(own(0, 0));
});

test("the page's worker answers where the engine was asked in vain", async () => {
  const lost: Keeper = { holds: () => true, look: () => Promise.reject(new Error("gone")) };
  const looking = new Looking(() => lost, looker(trace));
  expect(await looking.thumbnail(trace, { ...where, layer: 1, head: 3 })).toEqual(own(1, 3));
  expect(await looking.scores(trace, "self")).toEqual(scoresOf(trace, "self"));
});

test("it is quiet once every thumbnail is there, and those that were asked for when they came", async () => {
  const looking = new Looking(() => looker(trace), looker(trace));
  const done: number[] = [];
  const ask = async (layer: number): Promise<void> => {
    await looking.thumbnail(trace, { ...where, layer, head: 0 });
    done.push(layer);
    if (layer < 2) void ask(layer + 1);
  };
  void ask(0);
  await looking.quiet();
  expect(done).toEqual([0, 1, 2]);
});

test("what waits for a layer to come is not waited for, as layers come when it is quiet", async () => {
  const looking = new Looking(() => looker(trace, false), looker(trace));
  void looking.thumbnail(trace, { ...where, layer: 0, head: 0 }, () => new Promise(() => {}));
  await looking.quiet();
  let gone = () => {};
  const engine: Keeper = {
    holds: () => true,
    look: () =>
      new Promise((_, reject) => {
        gone = () => reject(new Error("gone"));
      }),
  };
  const other = new Looking(() => engine, looker(trace));
  void other.thumbnail(trace, { ...where, layer: 0, head: 0 }, () => new Promise(() => {}));
  const quiet = other.quiet();
  await Promise.resolve();
  gone();
  await quiet;
});

test("scores of a block are asked for once while they are computed; those of another run end them", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const engine: Keeper = {
    holds: () => true,
    look: (_, __, options) => {
      signals.push(options?.signal);
      return new Promise(() => {});
    },
  };
  const looking = new Looking(() => engine, engine);
  expect(looking.scores(trace, "self")).toBe(looking.scores(trace, "self"));
  const other = syntheticTrace({ layers: 1, heads: 1, tokens: 4 });
  void looking.scores(other, "self");
  expect(signals.map((signal) => signal!.aborted)).toEqual([true, false]);
});

test("a head that was not recorded has no thumbnail, and those beside it keep theirs", async () => {
  const looking = new Looking(() => looker(trace), looker(trace));
  const heads = [0, 9, 2].map((head) => looking.thumbnail(trace, { ...where, layer: 1, head }));
  expect(await Promise.all(heads)).toEqual([own(1, 0), null, own(1, 2)]);
});
