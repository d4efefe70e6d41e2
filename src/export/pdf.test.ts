import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { nodeFonts } from "./node-fonts.ts";
import { printPdf } from "./pdf.ts";

/** What the page of a file draws. */
async function drawn(text: string): Promise<string> {
  const items = [{ text, x: 4, y: 10, size: 12, color: "#000000" }];
  const scene = { width: 100, height: 20, marks: [{ kind: "texts", items } as const] };
  const bytes = Buffer.from(
    await printPdf(scene, { fonts: await nodeFonts(), points: 100, background: null }),
  );
  const start = bytes.indexOf("stream\n") + "stream\n".length;
  return inflateSync(bytes.subarray(start, bytes.indexOf("endstream"))).toString("latin1");
}

const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, "utf16le").swap16().toString("latin1");

it("a text of letters that change places is spelled out for readers, others speak for themselves", async () => {
  expect(await drawn("ไทย")).toContain(`/ActualText (${utf16("ไทย")})`);
  expect(await drawn("e\u0301")).toContain("/ActualText");
  expect(await drawn("cat")).not.toContain("ActualText");
  expect(await drawn("שָלום")).not.toContain("ActualText");
});

it("a spelling ends in the coordinates in which its letters stand, so that readers find them there", async () => {
  const lines = (await drawn("ไทย")).split("\n");
  const letters = lines.slice(0, lines.indexOf("BT")).findLast((line) => line.endsWith(" cm"));
  expect(lines[lines.indexOf("EMC") - 1]).toBe(letters);
});
