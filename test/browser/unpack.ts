// Unpacks the pinned browser before tests that run at the same time would each do so.

import { isPinned, pinnedChromium } from "./chromium.ts";

export default async function unpack(): Promise<void> {
  if (isPinned()) await pinnedChromium();
}
