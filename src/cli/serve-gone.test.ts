// What goes away, or is swapped, while the local server shares it.

import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { realpath } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Served } from "../../test/support/served.ts";
import { openReal, realFile, sendFile } from "./send-file.ts";
import { serve } from "./serve.ts";
import { share } from "./shared.ts";

const served = new Served();

/** A response whose reader goes as soon as somebody waits for its end. */
function leaving(response: ServerResponse): ServerResponse {
  const once = response.once.bind(response);
  response.once = ((name: string, hear: () => void) => {
    if (name === "close") process.nextTick(() => response.destroy());
    return once(name, hear);
  }) as typeof response.once;
  return response;
}

describe("what goes away while it is shared", () => {
  test("who asks, before the file is read: nothing is thrown, and the next one is answered", async () => {
    const root = await realpath(served.at());
    writeFileSync(join(root, "asked.json"), "{}");
    const sent: Promise<void>[] = [];
    const http = createServer((request, response) => {
      const there = request.url === "/stays" ? response : leaving(response);
      if (request.url === "/gone") response.destroy();
      sent.push(sendFile({ root }, "asked.json", request, there));
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const ask = (path: string) => fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`);
    await expect(ask("/leaves")).rejects.toThrow();
    await expect(ask("/gone")).rejects.toThrow();
    expect(await (await ask("/stays")).text()).toBe("{}");
    await Promise.all(sent);
    http.close();
  });

  test("a file is 410 once it was seen, a folder at once; the server stays", async () => {
    mkdirSync(served.at("going"));
    for (const name of ["config.json", "later.json"]) writeFileSync(served.at("going", name), "{}");
    const place = await share(served.at("going"));
    const gone = await serve({ ...served.folders(), shared: place.handle, port: 0 });
    const status = async (path: string) =>
      (await fetch(`http://localhost:${gone.port}/${place.path}${path}`)).status;
    expect(await status("index.json")).toBe(200);
    unlinkSync(served.at("going", "later.json"));
    expect([await status("later.json"), await status("never.json")]).toEqual([410, 404]);
    expect(await status("index.json")).toBe(200);
    renameSync(served.at("going"), served.at("gone"));
    expect([await status("index.json"), await status("config.json")]).toEqual([410, 410]);
    await gone.close();
  });

  test("a link that is put in a file's place afterwards is not followed", async () => {
    mkdirSync(served.at("swapped"));
    writeFileSync(served.at("swapped", "config.json"), "{}");
    const place = await share(served.at("swapped"));
    const swapped = await serve({ ...served.folders(), shared: place.handle, port: 0 });
    const answer = () => fetch(`http://localhost:${swapped.port}/${place.path}config.json`);
    expect((await answer()).status).toBe(200);
    unlinkSync(served.at("swapped", "config.json"));
    symlinkSync(served.at("secret.txt"), served.at("swapped", "config.json"));
    expect((await answer()).status).toBe(410);
    await swapped.close();
  });

  test.each<readonly [string, (folder: string) => void]>([
    [
      "a link",
      (folder) => {
        unlinkSync(join(folder, "sub", "x"));
        symlinkSync(served.at("secret.txt"), join(folder, "sub", "x"));
      },
    ],
    [
      "a folder",
      (folder) => {
        unlinkSync(join(folder, "sub", "x"));
        mkdirSync(join(folder, "sub", "x"));
      },
    ],
    ["nothing", (folder) => unlinkSync(join(folder, "sub", "x"))],
    [
      "a link for the folder that it is in",
      (folder) => {
        renameSync(join(folder, "sub"), join(folder, "away"));
        mkdirSync(join(folder, "elsewhere"));
        writeFileSync(join(folder, "elsewhere", "x"), "secret");
        symlinkSync(join(folder, "elsewhere"), join(folder, "sub"));
      },
    ],
  ])("%s between the look at a file and its opening is refused", async (_, swap) => {
    const folder = mkdtempSync(served.at("between-"));
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "sub", "x"), "own");
    const real = await realFile({ root: folder }, "sub/x");
    const file = await openReal(real);
    expect((await file.readFile()).toString()).toBe("own");
    await file.close();
    swap(folder);
    await expect(openReal(real)).rejects.toMatchObject({ status: 404 });
  });

  test("a file that becomes shorter while it is sent ends the connection", async () => {
    writeFileSync(served.at("my model", "long.bin"), new Uint8Array(40e6));
    const cut = new Promise<number>((resolve) => {
      let got = 0;
      const socket = connect(served.serving.port, "127.0.0.1", () => {
        socket.write(`GET /${served.shared.path}long.bin HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      });
      socket.once("data", () => {
        socket.pause();
        truncateSync(served.at("my model", "long.bin"), 10);
        setTimeout(() => socket.resume(), 50);
      });
      socket.on("data", (part) => {
        got += part.length;
      });
      socket.on("close", () => resolve(got));
      socket.on("error", () => {});
    });
    expect(await cut).toBeLessThan(40e6);
  });

  test("a bundled model that is broken is left out of the list", async () => {
    for (const [name, config] of [
      ["broken", "{"],
      ["nothing", "null"],
    ] as const) {
      mkdirSync(served.at("models", name));
      writeFileSync(served.at("models", name, "config.json"), config);
    }
    const { status, body } = await served.ask("/models/index.json");
    expect([status, JSON.parse(body).length]).toEqual([200, 1]);
  });
});
