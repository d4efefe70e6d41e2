// The hub's standard cache folder on this machine (Node only), shared with Python's huggingface_hub:
// models--org--name/{blobs/<checksum>, refs/<revision>, snapshots/<commit>/<file> -> blob}. Downloads land there;
// what is complete there needs no network. Two processes that download one file at the same time are not kept
// apart: the checksum notices.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, open, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
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

const SMALL = /^(?!.*\.(bin|index\.json)$)[^/]*\.(json|txt|jinja|model|spm)$/;

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
  const small = model.files.filter(({ path }) => SMALL.test(path) || path === INDEX_FILE);
  const fetcher = { http, repo, folder, signal: options.signal };
  for (const file of small) await bring(fetcher, file, () => undefined);
  await acceptConfig(folder, options);
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
  await writeFile(path, commit);
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
  await rm(link, { force: true });
  // Windows allows links to administrators and developers only; huggingface_hub moves the file there, too.
  await symlink(relative(dirname(link), blob), link).catch(() => rename(blob, link));
}

/** Bytes arrive in <blob>.incomplete, which a later try resumes; only a file with the right checksum is kept. */
async function fetchBlob(
  { http, signal }: Fetcher,
  file: HubFile,
  blob: string,
  onBytes: (loaded: number) => void,
): Promise<void> {
  const partial = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  const arrived = (await stat(partial).catch(() => undefined))?.size ?? 0;
  const start = arrived <= file.size ? arrived : 0;
  if (!(await append(http, file, partial, start, onBytes, signal)))
    await append(http, file, partial, 0, onBytes, signal);
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
    return await streamRange(
      http,
      file,
      start,
      file.size,
      async (bytes) => {
        await out.write(bytes, 0, bytes.length, at);
        at += bytes.length;
        onBytes(at);
      },
      signal,
    );
  } finally {
    await out.close();
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
