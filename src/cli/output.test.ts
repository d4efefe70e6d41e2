import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { OutputError, place, writeWhole } from "./output.ts";

const root = mkdtempSync(join(tmpdir(), "output-"));
const at = (...parts: string[]) => join(root, ...parts);
const bytes = new TextEncoder().encode("new");
const text = (path: string) => readFileSync(path, "utf8");
afterAll(() => rmSync(root, { recursive: true }));

describe("a result", () => {
  it("goes through links, those that lead nowhere yet as well, and leaves nothing else behind", async () => {
    mkdirSync(at("store"));
    mkdirSync(at("links"));
    writeFileSync(at("store", "real"), "old");
    symlinkSync("../store/real", at("links", "one"));
    symlinkSync("one", at("links", "two"));
    symlinkSync("../store/fresh", at("links", "nowhere"));
    await writeWhole(at("links", "two"), bytes);
    await writeWhole(at("links", "nowhere"), bytes);
    expect([text(at("store", "real")), text(at("store", "fresh"))]).toEqual(["new", "new"]);
    expect(lstatSync(at("links", "two")).isSymbolicLink()).toBe(true);
    expect(readdirSync(at("store")).sort()).toEqual(["fresh", "real"]);
    symlinkSync("circle", at("links", "circle"));
    await expect(writeWhole(at("links", "circle"), bytes)).rejects.toThrow("in circles");
  });

  it("keeps the mode that was there, and a neighbour called .part", async () => {
    writeFileSync(at("secret"), "old");
    writeFileSync(at("secret.part"), "mine");
    chmodSync(at("secret"), 0o600);
    await writeWhole(at("secret"), bytes);
    expect(statSync(at("secret")).mode & 0o777).toBe(0o600);
    expect(text(at("secret.part"))).toBe("mine");
  });

  it("may have the longest name that there is", async () => {
    const name = "n".repeat(255);
    await writeWhole(at(name), bytes);
    expect(text(at(name))).toBe("new");
    await expect(writeWhole(at(`${name}n`), bytes)).rejects.toThrow(
      "cannot be written: the name is too long",
    );
  });

  it.runIf(process.platform === "linux")("goes into a pipe, which stays one", async () => {
    execFileSync("mkfifo", [at("fifo")]);
    const reader = spawn("cat", [at("fifo")]);
    const read = new Promise<string>((resolve) => {
      let all = "";
      reader.stdout.on("data", (part) => {
        all += part;
      });
      reader.on("close", () => resolve(all));
    });
    await writeWhole(at("fifo"), bytes);
    expect(await read).toBe("new");
    expect(statSync(at("fifo")).isFIFO()).toBe(true);
  });

  it.runIf(process.platform === "linux")("waits for a pipe's reader until it is interrupted", async () => {
    execFileSync("mkfifo", [at("unread")]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(writeWhole(at("unread"), bytes, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  it.runIf(process.platform === "linux")("says that a disk is full", async () => {
    await expect(writeWhole("/dev/full", bytes)).rejects.toThrow(
      new OutputError("/dev/full cannot be written: no space is left on the disk."),
    );
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    symlinkSync("/dev/null", at("null"));
    await writeWhole(at("null"), bytes);
    expect(lstatSync(at("null")).isSymbolicLink()).toBe(true);
  });

  it("below a file is refused in a sentence", async () => {
    writeFileSync(at("file"), "");
    await expect(place(at("file", "x"), 1, false)).rejects.toThrow("a part of the path is a file");
    await expect(place(at("file"), 2, true)).rejects.toThrow("several results need a folder");
    await expect(place(root, 1, false)).rejects.toThrow("one result needs a file name");
  });
});
