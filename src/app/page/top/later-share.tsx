// The inside of Share, fetched when it is first opened: figures of every view are much code that few visits need.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AppState } from "../../state/state.ts";

type Shared = typeof import("./share-panel.tsx");

/** Links, figures and files, once their code is there. */
export function LaterShare({ app }: { app: AppState }) {
  const shared = useSignal<Shared | null>(null);
  useEffect(() => {
    void import("./share-panel.tsx").then((loaded) => {
      shared.value = loaded;
    });
  }, []);
  return shared.value && <shared.value.SharePanel app={app} />;
}
