// A notice: what the page says beside what it shows, and the buttons that go on from there. notices.ts writes them.

/** What a notice's button does. */
export type NoticeAct =
  | { readonly do: "cut"; readonly keep: "first" | "last" }
  | { readonly do: "edit" }
  | { readonly do: "models" }
  | { readonly do: "files" }
  | { readonly do: "folder" }
  | { readonly do: "follow" }
  | { readonly do: "picture" }
  | { readonly do: "retry" }
  | { readonly do: "open"; readonly key: string }
  | { readonly do: "unedited" }
  | { readonly do: "token" }
  | { readonly do: "first" };

/** What went wrong, in words, and what can be done. */
export interface Notice {
  readonly kind: "error" | "info";
  readonly title: string;
  /** Parts in backquotes are shown as code. */
  readonly text: string;
  readonly actions: readonly { readonly label: string; readonly act: NoticeAct }[];
}
