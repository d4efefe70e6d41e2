// The headscope command: a table of verbs, help and version. Each verb is a file of this folder, imported when asked for.

import { readFile } from "node:fs/promises";

/** A verb: what help says of it, and what runs it. */
interface Command {
  readonly usage: string;
  readonly about: string;
  readonly load: () => Promise<(args: readonly string[]) => Promise<number>>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  open: {
    usage: "[open] [FOLDER|TRACE|MODEL]",
    about: "open the page, on a checkpoint or a recorded run",
    load: async () => (await import("./open.ts")).openCommand,
  },
  trace: {
    usage: "trace MODEL --text T -o FILE",
    about: "run texts and write what was recorded",
    load: async () => (await import("./trace.ts")).traceCommand,
  },
  view: {
    usage: "view MODEL|TRACE [--text T] -o FILE.pdf",
    about: "write a figure, a table or one HTML file",
    load: async () => (await import("./view.ts")).viewCommand,
  },
  convert: {
    usage: "convert FILE -o FILE.safetensors",
    about: "turn attention made elsewhere into a trace",
    load: async () => (await import("./convert.ts")).convertCommand,
  },
  generate: {
    usage: "generate MODEL --text T --tokens N",
    about: "continue a text",
    load: async () => (await import("./generate.ts")).generateCommand,
  },
  patch: {
    usage: "patch MODEL --clean T --corrupt T2 -o FILE",
    about: "what each part is worth: patching, ablation",
    load: async () => (await import("./patch.ts")).patchCommand,
  },
  lens: {
    usage: "lens MODEL --text T -o FILE.csv",
    about: "what the model would say after each layer",
    load: async () => (await import("./lens.ts")).lensCommand,
  },
  attribute: {
    usage: "attribute MODEL --text T -o FILE.csv",
    about: "what each part adds to the logit of a word",
    load: async () => (await import("./attribute.ts")).attributeCommand,
  },
};

/** Runs `headscope` with the arguments behind the program's name; resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === "--help" || first === "-h" || first === "help") return print(help());
  if (first === "--version" || first === "-v") return print(await version());
  const named = first !== undefined && Object.hasOwn(COMMANDS, first);
  const command = COMMANDS[named ? first : "open"]!;
  return (await command.load())(named ? rest : args);
}

function help(): string {
  const rows = Object.values(COMMANDS).map(({ usage, about }) => `  headscope ${usage.padEnd(40)} ${about}`);
  return `See, search and edit attention in Transformer models.

${rows.join("\n")}

headscope VERB --help says more; --version prints the version.`;
}

async function version(): Promise<string> {
  const file = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
