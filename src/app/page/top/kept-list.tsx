// Checkpoints that were downloaded and are kept in this browser: open them again, or delete them.

import { useEffect } from "preact/hooks";
import { deleteKept, keptModels } from "../../actions/kept-models.ts";
import { bytes } from "../../notices.ts";
import type { AppState } from "../../state/state.ts";
import { Cross } from "../controls/icons.tsx";

interface KeptListProps {
  readonly app: AppState;
  readonly matches: (name: string) => boolean;
  readonly open: (key: string) => void;
}

/** The section of the model picker; nothing where nothing is kept. */
export function KeptList({ app, matches, open }: KeptListProps) {
  useEffect(() => {
    void keptModels(globalThis.caches).then((kept) => {
      app.kept.value = kept;
    });
  }, []);
  const kept = app.kept.value.filter(({ name }) => matches(name));
  const remove = async (name: string) => {
    app.kept.value = await deleteKept(globalThis.caches, name);
  };
  if (kept.length === 0) return null;
  return (
    <>
      <h2>Kept in this browser</h2>
      {kept.map(({ name, files, bytes: size }) => (
        <div key={name} class="kept">
          <Entry name={name} about={`${files} ${files === 1 ? "file" : "files"}`} size={size} open={open} />
          <button
            type="button"
            class="btn ghost small square"
            aria-label={`Delete ${name} from this browser`}
            title="Delete from this browser"
            onClick={() => void remove(name)}
          >
            <Cross />
          </button>
        </div>
      ))}
    </>
  );
}

/** Only models of the hub are opened by name; those of an address are listed to be deleted. */
function Entry(props: { name: string; about: string; size: number; open: (key: string) => void }) {
  const { name, about, size, open } = props;
  const hub = name.includes("@");
  return (
    <button
      type="button"
      class="item"
      disabled={!hub}
      title={hub ? "Open without downloading it again" : "Open it by its address"}
      onClick={() => open(name)}
    >
      <span>
        {name.replace(/@main$/, "")}
        <small>{about}</small>
      </span>
      <span class="num faint small">{bytes(size)}</span>
    </button>
  );
}
