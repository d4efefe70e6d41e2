// What a first visit does not see, fetched together when some of it is first shown: the insides of popovers and dialogs,
// one's own question to Find heads, pictures, two runs side by side, what a model wrote. Share and the dock's tables,
// which bring more code with them, are fetched apart.

export { ChangeList } from "./change-list.tsx";
export { HeadList, LayerList, WordList } from "./context/place-lists.tsx";
export { ReadingChoices } from "./context/reading-choices.tsx";
export { StatusFacts } from "./context/status-facts.tsx";
export { ImportForm } from "./import-form.tsx";
export { KeyList } from "./key-list.tsx";
export { CompareBar, SideBySide } from "./panels/compare-views.tsx";
export { OwnQuestions } from "./panels/own-questions.tsx";
export { PicturePanel } from "./panels/picture-panel.tsx";
export { GalleryList } from "./top/gallery-list.tsx";
export { ModelPicker } from "./top/model-picker.tsx";
export { PictureField } from "./top/picture-field.tsx";
export { RecentList } from "./top/recent-list.tsx";
export { SamplingPanel } from "./top/sampling-panel.tsx";
export { Written } from "./written.tsx";
