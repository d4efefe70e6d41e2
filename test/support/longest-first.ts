// Starts the longest test files first, so that none of them runs on alone while the other worker has nothing left to do.
// The rest are ordered as Vitest orders them.

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that run for about a minute and more, the longest first. A name that is missing here costs time and nothing else. */
const LONG = [
  "test/python.test.ts",
  "test/browser/page-access.browser.test.ts",
  "test/browser/page-compare.browser.test.ts",
  "test/browser/page-webgpu.browser.test.ts",
  "test/goldens/goldens.browser.test.ts",
  "test/browser/strangers.browser.test.ts",
  "test/figures/mutations.test.ts",
  "test/goldens/webgpu.browser.test.ts",
  "test/browser/page-edit-list.browser.test.ts",
  "test/browser/page-runs.browser.test.ts",
  "test/browser/page-edits.browser.test.ts",
  "test/browser/page-native.browser.test.ts",
  "test/browser/strange-traces.browser.test.ts",
  "src/checkpoint/tokenizer/auto/auto.test.ts",
];

/** Place in the list; behind it for a file that is not there. */
function place({ moduleId }: TestSpecification): number {
  const found = LONG.findIndex((name) => moduleId.endsWith(`/${name}`));
  return found < 0 ? LONG.length : found;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.sort((a, b) => place(a) - place(b));
  }
}
