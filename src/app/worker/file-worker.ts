// The worker that fetches a recorded run from another host.

import { answerFile } from "./whole-file.ts";

addEventListener("message", async ({ data }: MessageEvent<string>) => {
  const reply = await answerFile(data);
  postMessage(reply, { transfer: "bytes" in reply ? [reply.bytes.buffer as ArrayBuffer] : [] });
});
