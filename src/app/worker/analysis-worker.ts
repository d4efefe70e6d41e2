// The worker that looks at long runs: head scores and thumbnails, so that the page never waits for them.

import { AnalysisHost } from "./analysis.ts";

const host = new AnalysisHost((reply) => postMessage(reply));

addEventListener("message", (event: MessageEvent) => void host.serve(event.data));
