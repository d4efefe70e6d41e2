// The form for attention made elsewhere: what was understood of a file, and what somebody who knows has to say.

import { useSignal } from "@preact/signals";
import type { Reading, Role, Stream, Understood } from "../../imports/index.ts";
import type { Actions } from "../actions/actions.ts";
import type { Importing } from "../state/importing.ts";
import type { AppState } from "../state/state.ts";

const ROLES: readonly (readonly [string, string])[] = [
  ["", "not used"],
  ["self", "attention"],
  ["encoder", "encoder attention"],
  ["decoder", "decoder attention"],
  ["cross", "cross attention"],
  ["self.q", "queries"],
  ["self.k", "keys"],
  ["self.v", "values"],
];
const STREAMS: Readonly<Record<Stream, string>> = {
  text: "Words",
  encoder: "Words of the source",
  decoder: "Words of the target",
};

interface FormProps {
  readonly app: AppState;
  readonly actions: Actions;
  readonly importing: Importing;
}

/** The form, while a file waits for answers. */
export function ImportForm({ app, actions, importing }: FormProps) {
  const { name, understand } = importing;
  const reading = useSignal<Reading>({});
  const problem = useSignal("");
  const change = (changed: Partial<Reading>): void => {
    reading.value = { ...reading.value, ...changed };
    problem.value = "";
  };
  const understood = understand(reading.value);
  const open = (): void => {
    problem.value = actions.opening.answered(reading.value);
  };
  return (
    <>
      <h3>{name}</h3>
      <p class="small muted">This is not a recorded run of headscope. This is what it seems to hold:</p>
      <Choices understood={understood} change={change} reading={reading.value} />
      {understood.arrays.length > 0 && (
        <Arrays understood={understood} change={change} reading={reading.value} />
      )}
      {wordFields(understood, reading.value, change)}
      {understood.arrays.length > 0 && (
        <label class="check small">
          <input
            type="checkbox"
            checked={reading.value.transposed ?? false}
            onChange={(event) => change({ transposed: event.currentTarget.checked })}
          />{" "}
          Rows are keys in the file
        </label>
      )}
      {understood.notes.map((note) => (
        <p class="small muted" key={note}>
          {note}
        </p>
      ))}
      <p class="small err" role="alert">
        {problem.value}
      </p>
      <div class="row">
        <button type="button" class="btn primary" disabled={understood.questions.length > 0} onClick={open}>
          Open
        </button>
        <button
          type="button"
          class="btn"
          onClick={() => {
            app.importing.value = null;
          }}
        >
          Cancel
        </button>
        <span class="small muted">{understood.questions[0]?.text}</span>
      </div>
    </>
  );
}

interface PartProps {
  readonly understood: Understood;
  readonly reading: Reading;
  readonly change: (changed: Partial<Reading>) => void;
}

/** The texts of a batch, or the pictures and runs of a file with several. What was said of another one is no longer meant. */
function Choices({ understood: { choices }, reading, change }: PartProps) {
  if (choices.length === 0) return null;
  return (
    <label class="small choice">
      Which one{" "}
      <select
        value={reading.item ?? ""}
        onChange={(event) => change({ item: Number(event.currentTarget.value), words: {}, arrays: {} })}
      >
        <option value="" disabled>
          0 to {choices.length - 1}
        </option>
        {choices.map((choice, i) => (
          <option key={`${i} ${choice}`} value={i}>
            {choice === "" ? i : `${i}: ${choice}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Arrays({ understood, reading, change }: PartProps) {
  return (
    <table class="small">
      <thead>
        <tr>
          <th scope="col">Array</th>
          <th scope="col">Shape</th>
          <th scope="col">Is</th>
        </tr>
      </thead>
      <tbody>
        {understood.arrays.map(({ name, shape, role }) => (
          <tr key={name}>
            <th scope="row" class="mono">
              {name}
            </th>
            <td class="num">{shape}</td>
            <td>
              <select
                aria-label={`What ${name} is`}
                value={role ?? ""}
                onChange={(event) => {
                  const chosen = (event.currentTarget.value || null) as Role;
                  change({ arrays: { ...reading.arrays, [name]: chosen } });
                }}
              >
                {ROLES.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A field for the words of each stream: those that the file has may be replaced, those that it lacks must be given. */
function wordFields(understood: Understood, reading: Reading, change: PartProps["change"]) {
  const missing = understood.questions.flatMap(({ about, stream, count }) =>
    about === "words" && stream ? [[stream, count] as const] : [],
  );
  const known = Object.keys(reading.words ?? {}) as Stream[];
  const streams = new Map<Stream, number | undefined>([
    ...known.map((stream) => [stream, undefined] as const),
    ...missing,
  ]);
  return [...streams].map(([stream, count]) => (
    <label class="small words" key={`${reading.item} ${stream}`}>
      {STREAMS[stream]}, one a line{count ? ` (${count})` : ""}
      <textarea
        rows={4}
        onInput={(event) => {
          const { value } = event.currentTarget;
          const lines = value.replace(/\r?\n$/, "").split(/\r?\n/);
          const { [stream]: _, ...others } = reading.words ?? {};
          change({ words: value === "" ? others : { ...others, [stream]: lines } });
        }}
      />
    </label>
  ));
}
