// The worker that looks at long runs: head scores and thumbnails, so that the page never waits for them.

import { useSimd } from "../../trace/index.ts";
import { AnalysisHost } from "./analysis.ts";

useSimd();
const host = new AnalysisHost((reply) => postMessage(reply));

addEventListener("message", (event: MessageEvent) => void host.serve(event.data));
