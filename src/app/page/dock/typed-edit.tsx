// A field for edits in words, or as JSON. What is none is told below it, in the edit's own words.

import { useSignal } from "@preact/signals";
import { EditError, editsFromText } from "../../../trace/index.ts";
import type { PartProps } from "../part.ts";

/** The field; Enter makes the edits. */
export function TypedEdit({ app, actions }: PartProps) {
  const [typed, problem] = [useSignal(""), useSignal("")];
  if (!app.changeable.value) return null;
  const make = () => {
    problem.value = "";
    try {
      const edits = editsFromText(typed.value, app.own.value?.rotary);
      typed.value = "";
      if (edits.length > 0) void actions.editing.add(...edits);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      problem.value = error.message;
    }
  };
  return (
    <form
      class="typed-edit"
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <input
        aria-label="An edit in words"
        aria-invalid={problem.value !== ""}
        placeholder="zero head 4.1; block 7>2 in 3.2"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          problem.value = "";
        }}
      />
      {problem.value && (
        <p class="small" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  );
}
