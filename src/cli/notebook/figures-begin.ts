// The mark between the two parts of the notebook's script; the build looks for it and leaves it out.

Object.assign(globalThis, { headscopeFiguresBegin: true });

export {};
