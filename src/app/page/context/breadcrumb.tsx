// Where in the model the page is: model › layer › head › word, each part with a list to go elsewhere.

import type { ComponentChildren } from "preact";
import type { PopoverName } from "../../state/run.ts";
import type { AppState } from "../../state/state.ts";
import { PopoverButton } from "../controls/popover.tsx";
import { inside } from "../inside.tsx";
import { toggle } from "../part.ts";

const [LayerList, HeadList, WordList] = [inside("LayerList"), inside("HeadList"), inside("WordList")];

type Of = { readonly app: AppState };

/** model › layer › head › word: each part opens a list, and the current one goes up a scale. */
export function Breadcrumb({ app }: Of) {
  const selection = app.selection.value;
  const words = app.pinnedWords.value;
  return (
    <nav class="crumb" aria-label="Where you are">
      <button type="button" onClick={() => toggle(app, "models")}>
        {app.modelName.value}
      </button>
      {selection && (
        <>
          <Part app={app} name="layers" text={`Layer ${selection.layer}`} last={false}>
            <LayerList app={app} />
          </Part>
          <Part app={app} name="heads" text={headsText(selection.heads, selection.focus)} last={words === ""}>
            <HeadList app={app} />
          </Part>
          {words && (
            <Part app={app} name="words" text={words} last>
              <WordList app={app} />
            </Part>
          )}
        </>
      )}
    </nav>
  );
}

function headsText(heads: readonly number[], focus: number): string {
  return heads.length > 1 ? `Head ${focus} and ${heads.length - 1} more` : `Head ${focus}`;
}

function Part(props: Of & { name: PopoverName; text: string; last: boolean; children: ComponentChildren }) {
  return (
    <span class="anchor">
      <span aria-hidden="true" class="faint">
        ›
      </span>
      <PopoverButton
        app={props.app}
        name={props.name}
        label={props.text}
        menu="menu list"
        dir="auto"
        {...(props.last ? { "aria-current": "location" as const } : {})}
        inside={props.children}
      >
        {props.text}
      </PopoverButton>
    </span>
  );
}
