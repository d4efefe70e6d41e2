// What Share copies of a run with edits, run as it stands in a shell, gives the page's numbers, and a figure with what
// was changed in pink; texts of different length included.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readTrace } from "../../src/trace/index.ts";
import { COLORS } from "../../src/views/look/theme.ts";
import { shellIn } from "../support/shell.ts";
import { traceOf, usePage } from "./page.ts";

const { show } = usePage();
const folder = mkdtempSync(join(tmpdir(), "copied-"));
afterAll(() => rmSync(folder, { recursive: true }));

const A = "Lily saw a big dog. It's";
const B = "Lily saw a cat. It's";
const model = (text: string, edits: string, more = {}) =>
  String(new URLSearchParams({ model: "stories-gpt2", text, l: "4", h: "1", pin: "6", edits, ...more }));

it.runIf(process.platform !== "win32").each([
  ["patches from a shorter text", model(A, "patch resid_post of 1;scale head 4.1 by 0.5", { b: B })],
  ["a blocked weight and one that is off", model(A, "block 6>4 in 4.1;!zero head 3.0")],
  ["neurons and a list of positions", model(A, "scale q3,7 of 4.1 at 5,6 by -1.5;mean head 2.*")],
])(
  "%s",
  async (_, address) => {
    const page = await show(`${address}&panel=edits&dock=open`);
    await page.locator(".edit small", { hasText: "Reached" }).first().waitFor({ timeout: 30_000 });
    const shown = await traceOf(page);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator(".btn.share").click();
    await page.getByRole("button", { name: /Copy as command line/ }).click();
    const copied = await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain("npx headscope trace")
      .then(() => page.evaluate(() => navigator.clipboard.readText()));
    expect(copied.includes("--align tokens")).toBe(address.includes("patch"));
    const { status, err } = await shellIn(folder)(copied);
    expect(status, err).toBe(0);
    const [, file] = / -o (\S+) &&/.exec(copied)!;
    const written = readTrace(new Uint8Array(readFileSync(join(folder, file!))));
    expect(written.manifest.edits).toEqual(shown.manifest.edits);
    expect(written.manifest.receipts).toEqual(shown.manifest.receipts);
    for (const name of written.names) {
      const [a, b] = [written.tensor(name)!.data, shown.tensor(name)!.data];
      const large = a.reduce(
        (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
        1,
      );
      const far = a.reduce((most, x, i) => (x === b[i] ? most : Math.max(most, Math.abs(x - b[i]!))), 0);
      expect(far / large, name).toBeLessThan(1e-5);
    }
    const [, figure] = / -o (\S+)$/.exec(copied)!;
    const svg = readFileSync(join(folder, figure!), "utf8").toLowerCase();
    if (!address.includes("block")) return;
    expect(svg).toContain(COLORS.light.edit.toLowerCase());
  },
  90_000,
);
