import { expect, test } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { floatTensor } from "../tensor/index.ts";
import { decodeMessage, encodeMessage } from "./frames.ts";
import { packTrace, type Reply, type RunReply, unpackTrace } from "./protocol.ts";

/** What arrives of pieces that were sent as one message. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

test("a message without arrays is JSON", () => {
  const asked = { id: 3, kind: "tokens", input: { text: "é" } };
  expect(decodeMessage(encodeMessage(asked) as string)).toEqual(asked);
});

test("a run crosses as one frame, its arrays neither copied on the way out nor on the way in", () => {
  const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 5 });
  const { manifest, tensors } = packTrace(trace.parts());
  const codes = { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) } as const;
  const reply: Reply = {
    id: 7,
    kind: "done",
    answer: { manifest, seconds: 0.5 },
    tensors: [["codes", codes], ...tensors],
  };
  const parts = encodeMessage(reply) as Uint8Array[];
  expect(parts.some(({ buffer }) => buffer === tensors[0]![1].data.buffer)).toBe(true);
  const frame = joined(parts);
  const back = decodeMessage(frame) as unknown as Extract<Reply, { kind: "done" }>;
  expect([back.id, back.kind]).toEqual([7, "done"]);
  for (const [, { data }] of back.tensors!) expect(data.buffer).toBe(frame.buffer);
  const own = back.tensors!.filter(([name]) => name !== "codes");
  const again = unpackTrace({ manifest: (back.answer as RunReply).manifest, tensors: own });
  expect(again.attention("self", 1, 1)).toEqual(trace.attention("self", 1, 1));
});

test("what is no frame is refused", () => {
  expect(() => decodeMessage(new Uint8Array(20))).toThrow(/safetensors|header|JSON/i);
  const [header] = encodeMessage({ tensors: [["a", floatTensor([4], new Float32Array(4))]] }) as Uint8Array[];
  expect(() => decodeMessage(header!)).toThrow(/16 bytes|needs/);
});
