// The hub's standard cache folder on this machine (Node only), shared with Python's huggingface_hub:
// models--org--name/{blobs/<checksum>, refs/<revision>, snapshots/<commit>/<file> -> blob}. Downloads land there;
// what is complete there needs no network. Each process downloads under a name of its own; a part that an earlier one
// left behind is taken over by whoever renames it first.

import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  access,
  type FileHandle,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { folderSource } from "../folder.ts";
import { parseJson } from "../json.ts";
import { checkPath } from "../paths.ts";
import { refuseOtherFormats } from "../refused.ts";
import { CheckpointError, type Source } from "../source.ts";
import { INDEX_FILE, readWeightMap, WEIGHTS_FILE } from "../weights.ts";
import { type Http, UnreachableError } from "./http.ts";
import { type HubOptions, hubHttp, readHubId } from "./hub.ts";
import { type HubFile, type HubId, type HubModel, hubModel } from "./hub-api.ts";
import { streamRange } from "./range.ts";

/** How a model is brought into the cache. */
export interface CacheOptions extends HubOptions {
  /** The cache's folder: HF_HUB_CACHE, or hub in HF_HOME, or ~/.cache/huggingface/hub. */
  readonly cache: string;
  /** Bytes of all files that have arrived, and bytes in all. */
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined;
  /** Use what is in the cache and ask nobody (HF_HUB_OFFLINE). */
  readonly offline?: boolean | undefined;
  /** Sees config.json before the weights are downloaded; throws to refuse the model. */
  readonly accept?: ((config: Readonly<Record<string, unknown>>) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The model "org/name[@revision]" as a folder of the cache, downloaded where it is not there yet. */
export async function cachedHubSource(spec: string, options: CacheOptions): Promise<Source> {
  const id = readHubId(spec);
  const repo = join(options.cache, `models--${id.id.replaceAll("/", "--")}`);
  const name = `${id.id}@${id.revision}`;
  const kept = await keptSnapshot(repo, id);
  if (options.offline) return kept ? folderSource(kept, name) : refuseOffline(id, options.cache);
  const { http, endpoint } = hubHttp(id, options);
  try {
    const model = await hubModel(http, endpoint, id, options.signal);
    return await folderSource(await download(http, repo, id, model, options), name);
  } catch (error) {
    if (kept && error instanceof UnreachableError) return folderSource(kept, name);
    throw error;
  }
}

function refuseOffline(id: HubId, cache: string): never {
  throw new CheckpointError(
    `${id.id}@${id.revision} is not complete in ${cache}, and the hub may not be asked (HF_HUB_OFFLINE). Download it once with the network on.`,
  );
}

/** The folder of a complete snapshot in the cache, if there is one. */
async function keptSnapshot(repo: string, { revision }: HubId): Promise<string | undefined> {
  const ref = await readFile(join(repo, "refs", revision), "utf8").catch(() => revision);
  const folder = join(repo, "snapshots", ref.trim());
  if (!/^[\w.-]+$/.test(ref.trim()) || !(await exists(join(folder, "config.json")))) return undefined;
  if (await exists(join(folder, WEIGHTS_FILE))) return folder;
  const index = await readFile(join(folder, INDEX_FILE), "utf8").catch(() => undefined);
  if (index === undefined) return undefined;
  const shards = [...new Set(readWeightMap(parseJson(index, INDEX_FILE)).values())];
  const there = await Promise.all(shards.map((path) => exists(join(folder, path))));
  return there.every(Boolean) ? folder : undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Files beside the weights that headscope reads, and the most bytes that one of them may have. */
const NEEDED =
  /^(config|generation_config|preprocessor_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|chat_template|model\.safetensors\.index|adapter_config)\.json$|^(vocab|merges)\.txt$|^chat_template\.jinja$|\.(model|spm)$/;
const MOST_BYTES = 256e6;

function needed({ path }: HubFile): boolean {
  return !path.includes("/") && NEEDED.test(path);
}

/** Downloads what is missing: small files, then the weights that they call for; gives the snapshot's folder. */
async function download(
  http: Http,
  repo: string,
  id: HubId,
  model: HubModel,
  options: CacheOptions,
): Promise<string> {
  const folder = join(repo, "snapshots", model.commit);
  await mkdir(folder, { recursive: true });
  const fetcher = { http, repo, folder, signal: options.signal };
  const small = model.files.filter(needed);
  const large = small.find(({ size }) => size > MOST_BYTES);
  if (large)
    throw new CheckpointError(
      `${large.path} of ${id.id} has ${large.size} bytes; at most ${MOST_BYTES} are accepted of a file beside the weights.`,
    );
  const config = small.filter(({ path }) => path === "config.json");
  for (const file of config) await bring(fetcher, file, () => undefined);
  await acceptConfig(folder, options);
  for (const file of small) await bring(fetcher, file, () => undefined);
  const weights = await wantedWeights(folder, id, model.files);
  await bringAll(fetcher, weights, options.onProgress);
  await writeRef(repo, id, model.commit);
  return folder;
}

async function acceptConfig(folder: string, { accept }: CacheOptions): Promise<void> {
  const text = accept && (await readFile(join(folder, "config.json"), "utf8").catch(() => undefined));
  if (text) accept(parseJson(text, "config.json"));
}

async function wantedWeights(folder: string, { id }: HubId, files: readonly HubFile[]): Promise<HubFile[]> {
  const single = files.find(({ path }) => path === WEIGHTS_FILE);
  if (single) return [single];
  const index = await readFile(join(folder, INDEX_FILE), "utf8").catch(() => undefined);
  if (index === undefined) return refuseOtherFormats(id, files);
  const shards = new Set(readWeightMap(parseJson(index, INDEX_FILE)).values());
  return files.filter(({ path }) => shards.has(path));
}

async function bringAll(
  fetcher: Fetcher,
  files: readonly HubFile[],
  onProgress: CacheOptions["onProgress"],
): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const file of files) {
    await bring(fetcher, file, (loaded) => onProgress?.(before + loaded, total, file.path));
    before += file.size;
  }
}

/** Remembers which commit a branch or tag was; a commit needs no such note. */
async function writeRef(repo: string, { revision }: HubId, commit: string): Promise<void> {
  if (revision === commit) return;
  const path = join(repo, "refs", revision);
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(fresh, commit);
  await rename(fresh, path);
}

interface Fetcher {
  readonly http: Http;
  readonly repo: string;
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

/** One file into blobs and a link to it into the snapshot; nothing is done where both are there. */
async function bring(fetcher: Fetcher, file: HubFile, onBytes: (loaded: number) => void): Promise<void> {
  const link = join(fetcher.folder, checkPath(file.path));
  const there = await stat(link).catch(() => undefined);
  if (there?.size === file.size) return onBytes(file.size);
  const blob = join(
    fetcher.repo,
    "blobs",
    file.checksum?.hex ?? createHash("sha256").update(file.url).digest("hex"),
  );
  const kept = await stat(blob).catch(() => undefined);
  if (kept?.size !== file.size) await fetchBlob(fetcher, file, blob, onBytes);
  await mkdir(dirname(link), { recursive: true });
  await linkTo(blob, link);
}

/** A link under a name of its own, then in place: another process may be doing the same. */
async function linkTo(blob: string, link: string): Promise<void> {
  const fresh = `${link}.${randomBytes(6).toString("hex")}`;
  try {
    await symlink(relative(dirname(link), blob), fresh);
    await rename(fresh, link);
  } catch {
    await rm(fresh, { force: true });
    // Windows allows links to administrators and developers only; huggingface_hub moves the file there, too.
    await rename(blob, link);
  }
}

/**
 * Bytes arrive in a file of this process's own, which begins as what an earlier try left in <blob>.incomplete and goes
 * back there when this one fails; only a file with the right checksum is kept.
 */
async function fetchBlob(
  { http, signal }: Fetcher,
  file: HubFile,
  blob: string,
  onBytes: (loaded: number) => void,
): Promise<void> {
  const left = `${blob}.incomplete`;
  const partial = `${blob}.${randomBytes(6).toString("hex")}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  await rename(left, partial).catch(() => undefined);
  const arrived = (await stat(partial).catch(() => undefined))?.size ?? 0;
  const start = arrived <= file.size ? arrived : 0;
  try {
    if (!(await append(http, file, partial, start, onBytes, signal)))
      await append(http, file, partial, 0, onBytes, signal);
  } catch (error) {
    await rename(partial, left).catch(() => undefined);
    throw error;
  }
  const found = await checksum(partial, file);
  if (found !== file.checksum?.hex) {
    await rm(partial, { force: true });
    throw new CheckpointError(
      `${file.path} arrived with the checksum ${found}, but the hub announced ${file.checksum?.hex}. It was deleted; try again.`,
    );
  }
  await rename(partial, blob);
}

async function append(
  http: Http,
  file: HubFile,
  path: string,
  start: number,
  onBytes: (loaded: number) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  const out = await open(path, start > 0 ? "r+" : "w");
  let at = start;
  try {
    await out.truncate(start);
    const whole = await streamRange(
      http,
      file,
      start,
      file.size,
      async (bytes) => {
        await writeAll(out, bytes, at, path);
        at += bytes.length;
        onBytes(at);
      },
      signal,
    );
    await out.sync();
    return whole;
  } finally {
    await out.close();
  }
}

/** A write may take less than it was given, as on a disk that is nearly full; the next one then says why. */
async function writeAll(out: FileHandle, bytes: Uint8Array, at: number, path: string): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await out
      .write(bytes, done, bytes.length - done, at + done)
      .catch((error: Error) => {
        const full = /ENOSPC|EDQUOT/.test(error.message);
        const reason = full ? "the disk is full" : error.message;
        throw new CheckpointError(`${path} cannot be written: ${reason}. What has arrived is kept.`, {
          cause: error,
        });
      });
    done += bytesWritten;
  }
}

/** The checksum of a file as the hub counts it; undefined where the hub announced none. */
async function checksum(path: string, { checksum: expected, size }: HubFile): Promise<string | undefined> {
  if (!expected) return undefined;
  const hash = createHash(expected.kind === "git" ? "sha1" : "sha256");
  if (expected.kind === "git") hash.update(`blob ${size}\0`);
  for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
  return hash.digest("hex");
}
