// Writes docs/gallery.md from gallery/entries.json: each example with its sentence and the address that shows it.

import { readFileSync, writeFileSync } from "node:fs";

const at = (path) => new URL(`../${path}`, import.meta.url);
const entries = JSON.parse(readFileSync(at("gallery/entries.json"), "utf8"));

function section({ title, text, figure, source, model, trace, state, input }) {
  const said = [input.text, input.pair].filter(Boolean).join(" / ");
  const origin = model ? `${model}, ${source}; *Run it live* runs it again` : source;
  return [
    `## ${title}`,
    text,
    `> ${said}`,
    ...(figure ? [`Paper: ${figure}.`] : []),
    `Run: ${origin}. Address: \`/#trace=gallery/${trace}&${state}\``,
  ].join("\n\n");
}

const head = `# The gallery

What the page shows under *Gallery*. Every entry opens at once from a recorded run in the repository, and every number in
a sentence is a claim in \`gallery/entries.json\` that a test holds against that run. Sources and licences of the recorded
runs: \`gallery/SOURCES.md\`. The address goes behind that of the page, as \`npm start\` prints it.

This page is written by \`node scripts/gallery-doc.mjs\`.
`;
writeFileSync(at("docs/gallery.md"), `${[head.trimEnd(), ...entries.map(section)].join("\n\n")}\n`);
