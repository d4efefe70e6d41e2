import { expect, test } from "vitest";
import { Address } from "./address.ts";

function start() {
  const entries = ["a"];
  const waiting: (() => void)[] = [];
  const address = new Address({
    now: () => entries.at(-1)!,
    push: (hash) => entries.push(hash),
    replace: (hash) => entries.splice(-1, 1, hash),
    later: (work) => waiting.push(work),
  });
  const frame = () => {
    for (const work of waiting.splice(0)) work();
  };
  return { address, entries, frame };
}

test("an address is written behind the next picture, the last one of those that follow along", () => {
  const { address, entries, frame } = start();
  address.write("b", "push");
  address.write("b2", "replace");
  expect(entries).toEqual(["a"]);
  frame();
  expect(entries).toEqual(["a", "b2"]);
  address.write("c", "replace");
  frame();
  expect(entries).toEqual(["a", "c"]);
});

test("every step has an entry of its own, also two before one picture", () => {
  const { address, entries, frame } = start();
  address.write("b", "push");
  address.write("c", "push");
  frame();
  expect(entries).toEqual(["a", "b", "c"]);
});

test("there and back again before a picture leaves no entry", () => {
  const { address, entries, frame } = start();
  address.write("b", "replace");
  address.write("a", "replace");
  frame();
  address.write("a", "push");
  frame();
  expect(entries).toEqual(["a"]);
});

test("a page that is left has written its address; what was due before another was visited is dropped", () => {
  const { address, entries, frame } = start();
  address.write("b", "push");
  address.flush();
  expect(entries).toEqual(["a", "b"]);
  address.write("c", "push");
  address.drop();
  frame();
  expect(entries).toEqual(["a", "b"]);
});

test("an address that the browser refuses is no error, and the next one is written", () => {
  const written: string[] = [];
  const address = new Address({
    now: () => "a",
    push: (hash) => {
      if (hash === "b") throw new DOMException("too many", "SecurityError");
      written.push(hash);
    },
    replace: () => {},
    later: (work) => work(),
  });
  address.write("b", "push");
  address.write("c", "push");
  expect(written).toEqual(["c"]);
});
