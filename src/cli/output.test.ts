import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
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

  it.runIf(process.platform === "linux")("stops where a pipe's reader reads nothing", async () => {
    execFileSync("mkfifo", [at("stuck")]);
    const held = openSync(at("stuck"), constants.O_RDONLY | constants.O_NONBLOCK);
    const stop = new AbortController();
    const writing = writeWhole(at("stuck"), new Uint8Array(2 ** 20), stop.signal);
    setTimeout(() => stop.abort(), 100);
    await expect(writing).rejects.toMatchObject({ name: "AbortError" });
    closeSync(held);
  });

  it("is not begun once it was interrupted", async () => {
    await expect(writeWhole(at("late"), bytes, AbortSignal.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(existsSync(at("late"))).toBe(false);
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
    await expect(place(at("new/"), 1, false)).rejects.toThrow("one result needs a file name");
    await expect(writeWhole(root, bytes)).rejects.toThrow("cannot be written: it is a folder.");
    await expect(writeWhole(at("none", "x"), bytes)).rejects.toThrow("there is no such folder");
  });

  // The superuser may write anywhere.
  it.skipIf(process.getuid?.() === 0)("in a folder that may not be written is refused at once", async () => {
    mkdirSync(at("closed"), { mode: 0o500 });
    symlinkSync(at("closed", "x"), at("into-closed"));
    for (const path of [at("closed", "x"), at("into-closed")])
      await expect(place(path, 1, false)).rejects.toThrow("this user may not write there");
    await expect(place(at("closed"), 2, true)).rejects.toThrow("this user may not write there");
  });
});
