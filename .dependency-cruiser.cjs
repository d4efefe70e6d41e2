// The direction of imports: a layer may import the layers listed for it and nothing else of ours.
const layers = {
  tensor: [],
  trace: ["tensor"],
  checkpoint: ["tensor"],
  engine: ["checkpoint", "trace", "tensor"],
  imports: ["trace", "tensor"],
  analysis: ["trace", "tensor"],
  wire: ["analysis", "engine", "checkpoint", "trace", "tensor"],
  views: ["analysis", "trace", "tensor"],
  export: ["views", "analysis", "trace", "tensor"],
  app: ["imports", "export", "views", "analysis", "wire", "engine", "checkpoint", "trace", "tensor"],
  cli: ["imports", "export", "views", "analysis", "wire", "engine", "checkpoint", "trace", "tensor"],
};
// The rooms of the page: each imports those before it, types included, so that no circle leads through them.
const rooms = ["state/", "notices.ts", "worker/", "actions/", "page/", "main.tsx"];
const names = Object.keys(layers);
module.exports = {
  forbidden: [
    ...names.map((name) => ({
      name: `${name}-imports-only-below`,
      severity: "error",
      from: { path: `^src/${name}/`, pathNot: "\\.test\\.tsx?$" },
      to: { path: `^src/(${names.filter((n) => n !== name && !layers[name].includes(n)).join("|")})/` },
    })),
    {
      name: "view-rooms-apart",
      comment: "The rooms of the views know what they share (look, read, select, scene) and not each other.",
      severity: "error",
      from: { path: "^src/views/(head|bar|matrix|map|neuron)/", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^src/views/(head|bar|matrix|map|neuron)/", pathNot: "^src/views/$1/" },
    },
    {
      name: "what-views-share-knows-no-view",
      severity: "error",
      from: { path: "^src/views/(look|read|select|scene)/", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^src/views/(head|bar|matrix|map|neuron)/" },
    },
    ...rooms.map((room, at) => ({
      name: `app-${room.split(/\W/)[0]}-imports-only-below`,
      severity: "error",
      from: { path: `^src/app/${room}`, pathNot: "\\.test\\.tsx?$" },
      to: { path: `^src/app/(${rooms.slice(at + 1).join("|") || "$^"})` },
    })),
    { name: "no-circular", severity: "error", from: { pathNot: "\\.test\\.tsx?$" }, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
