// How tests run golden folders in the page of parity.ts, and what they hold it to.

import type { Page } from "playwright-core";
import { TOLERANCE } from "./check.ts";
import { beyond } from "./edits.ts";
import type { GoldenFolder } from "./golden.ts";
import type { Parity } from "./parity.ts";

/** Address of the page. */
export const PAGE = "/test/goldens/parity.html";

/** What runs models in the page. */
export function runtimeOf(page: Page): ReturnType<Parity["runtime"]> {
  return page.evaluate(() => (globalThis as unknown as { parity: Parity }).parity.runtime());
}

/** By folder: tensors that are too far off, and generated tokens that differ. */
export async function faults(
  page: Page,
  set: string,
  folders: readonly GoldenFolder[],
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { name, files } of folders) {
    const { errors, generated } = await page.evaluate(
      ([url, names]) => (globalThis as unknown as { parity: Parity }).parity.measure(url, names),
      [`/test/fixtures/${set}/${name}`, files] as const,
    );
    const far = errors.flatMap((input) => Object.entries(input).filter(([, error]) => !(error < TOLERANCE)));
    const other = generated.filter((g) => g.found.join() !== g.expected.join());
    if (far.length + other.length) found[name] = { far, other };
  }
  return found;
}

/** The fewest edits that a folder holds. */
const EDITS = 9;

/** By folder: edits whose run is too far off, and folders that hold hardly any edit. */
export async function editFaults(
  page: Page,
  folders: readonly GoldenFolder[],
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { name, files } of folders) {
    const far = await page.evaluate(
      ([url, names]) => (globalThis as unknown as { parity: Parity }).parity.edits(url, names),
      [`/test/fixtures/goldens-edits/${name}`, files] as const,
    );
    const off = far.map(beyond).filter((edit) => Object.keys(edit).length > 0);
    if (off.length > 0 || far.length < EDITS) found[name] = { edits: far.length, off };
  }
  return found;
}
