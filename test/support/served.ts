// The local server over folders made for a test: a page, a bundled model, a shared folder with links and hidden files.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Serving, serve } from "../../src/cli/serve.ts";
import { type SharedPlace, share } from "../../src/cli/shared.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A server for the tests of one file. */
export class Served {
  readonly root = mkdtempSync(join(tmpdir(), "headscope-serve-"));
  serving!: Serving;
  /** The shared folder "my model". */
  shared!: SharedPlace;

  constructor() {
    beforeAll(() => this.#start());
    afterAll(async () => {
      await this.serving.close();
      rmSync(this.root, { recursive: true });
    });
  }

  /** A path under the folder of all. */
  at(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** What a server serves besides what is shared. */
  folders() {
    return { app: this.at("app"), models: this.at("models"), gallery: this.at("gallery") };
  }

  /** A request whose path is sent as it is: fetch would tidy ".." away. */
  ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
    const { port } = this.serving;
    return new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
        let body = "";
        response.on("data", (part) => {
          body += part;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      })
        .on("error", reject)
        .end();
    });
  }

  /** All that the server sends back to a request as it is spelled, until it hangs up. */
  saying(text: string): Promise<string> {
    return new Promise<string>((resolve) => {
      let all = "";
      const socket = connect(this.serving.port, "127.0.0.1", () => socket.write(text, "latin1"));
      socket.on("data", (part) => {
        all += part;
      });
      socket.on("close", () => resolve(all));
      socket.on("error", () => {});
    });
  }

  async #start(): Promise<void> {
    const at = (...parts: string[]): string => this.at(...parts);
    for (const folder of ["app", "models/tiny", "gallery", "my model/sub"])
      mkdirSync(at(folder), { recursive: true });
    writeFileSync(at("app", "index.html"), "<p>page</p>");
    writeFileSync(at("gallery", "entries.json"), "[]");
    writeFileSync(at("models/tiny", "config.json"), '{"model_type":"gpt2","n_layer":2,"n_head":3}');
    writeFileSync(
      at("models/tiny", "README.md"),
      "---\nlicense: x\n---\n\n# Tiny\n\nA small *model*. More.\n",
    );
    writeFileSync(at("my model", "config.json"), "{}");
    writeFileSync(at("my model", "model.safetensors"), "0123456789");
    writeFileSync(at("my model", ".hidden"), "secret");
    writeFileSync(at("my model/sub", "a b.json"), "[1]");
    writeFileSync(at("secret.txt"), "secret");
    for (const folder of ["my model/.git", "my model/sub/.git"]) {
      mkdirSync(at(folder));
      writeFileSync(at(folder, "config"), "secret");
    }
    symlinkSync(this.root, at("my model", "up"));
    symlinkSync(at("secret.txt"), at("my model", "link.txt"));
    symlinkSync(at("my model", "config.json"), at("my model", "again.json"));
    this.shared = await share(at("my model"));
    for (const folder of ["app", "models/tiny", "gallery", "my model"])
      writeFileSync(at(folder, "ten.txt"), "0123456789");
    this.serving = await serve({ ...this.folders(), shared: this.shared.handle, port: 0 });
  }
}
