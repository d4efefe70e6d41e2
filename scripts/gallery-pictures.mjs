// Writes the small picture of every example into gallery/entries.json, from its trace. Run again after a trace or a place
// has changed:
//   node scripts/gallery-pictures.mjs

import { readFileSync, writeFileSync } from "node:fs";
import { withSources } from "./sources.mjs";

const FOLDER = new URL("../gallery/", import.meta.url);
const file = new URL("entries.json", FOLDER);

await withSources(async (load) => {
  const { readTrace } = await load("/src/trace/index.ts");
  const { galleryPicture } = await load("/src/app/state/gallery-picture.ts");
  let text = readFileSync(file, "utf8").replace(/^ {4}"picture": .*\n/gm, "");
  for (const { id, trace, state } of JSON.parse(text)) {
    const { rows, codes } = galleryPicture(readTrace(readFileSync(new URL(trace, FOLDER))), state);
    const line = `    "picture": {"rows": ${rows}, "codes": "${codes}"},\n`;
    text = text.replace(`    "id": "${id}",\n`, (found) => found + line);
  }
  writeFileSync(file, text);
});
