// The hub's standard cache folder on this machine (Node only), shared with Python's huggingface_hub:
// models--org--name/{blobs/<checksum>, refs/<revision>, snapshots/<commit>/<file> -> blob}. Downloads land there;
// what is complete there needs no network, and is read against its checksum once (hub-proof.ts). Several processes may
// fill it at the same time (hub-parts.ts).

import { createHash, randomBytes } from "node:crypto";
import {
  access,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { folderSource } from "../folder.ts";
import { parseJson } from "../json.ts";
import { checkPath } from "../paths.ts";
import { refuseOtherFormats } from "../refused.ts";
import { CheckpointError, type Source } from "../source.ts";
import { INDEX_FILE, parseWeightMap, WEIGHTS_FILE } from "../weights.ts";
import { type Http, UnreachableError } from "./http.ts";
import { type HubOptions, hubHttp, readHubId } from "./hub.ts";
import { type HubFile, type HubId, type HubModel, hubModel } from "./hub-api.ts";
import { type Fetcher, fetchBlob } from "./hub-fetch.ts";
import { isProven, NOTES, type OnRead } from "./hub-proof.ts";

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
  const useKept = async (snapshot: Kept) => {
    await proveKept(repo, snapshot, id, options);
    return folderSource(snapshot.folder, name);
  };
  if (options.offline) return kept ? useKept(kept) : refuseOffline(id, options.cache);
  const { http, endpoint } = hubHttp(id, options);
  try {
    const model = await hubModel(http, endpoint, id, options.signal);
    return await folderSource(await download(http, repo, id, model, options), name);
  } catch (error) {
    if (kept && error instanceof UnreachableError) return await useKept(kept);
    throw error;
  }
}

function refuseOffline(id: HubId, cache: string): never {
  throw new CheckpointError(
    `${id.id}@${id.revision} is not complete in ${cache}, and the hub may not be asked (HF_HUB_OFFLINE). Download it once with the network on.`,
  );
}

/** A complete snapshot in the cache: its folder, and the names of its weights. */
interface Kept {
  readonly folder: string;
  readonly weights: readonly string[];
}

async function keptSnapshot(repo: string, { revision }: HubId): Promise<Kept | undefined> {
  const ref = await readFile(join(repo, "refs", revision), "utf8").catch(() => revision);
  const folder = join(repo, "snapshots", ref.trim());
  if (!/^[\w.-]+$/.test(ref.trim()) || !(await exists(join(folder, "config.json")))) return undefined;
  if (await exists(join(folder, WEIGHTS_FILE))) return { folder, weights: [WEIGHTS_FILE] };
  const index = await readFile(join(folder, INDEX_FILE), "utf8").catch(() => undefined);
  if (index === undefined) return undefined;
  const weights = [...new Set(parseWeightMap(index).values())];
  const there = await Promise.all(weights.map((path) => exists(join(folder, path))));
  return there.every(Boolean) ? { folder, weights } : undefined;
}

/** Where nobody can be asked, a blob's own name says what it must come to: the hub names them by their checksums. */
async function proveKept(
  repo: string,
  { folder, weights }: Kept,
  id: HubId,
  { onProgress, signal }: CacheOptions,
): Promise<void> {
  const small = (await readdir(folder)).filter((name) => NEEDED.test(name));
  for (const name of [...small, ...weights]) {
    const blob = await realpath(join(folder, name)).catch(() => "");
    const hex = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.exec(basename(blob))?.[0];
    if (hex === undefined) continue;
    const { size } = await stat(blob);
    const onRead = (bytes: number) => onProgress?.(bytes, size, name);
    if (await isProven(repo, blob, hex, onRead, signal)) continue;
    throw new CheckpointError(
      `${name} of ${id.id} is damaged in the cache: its bytes do not come to their checksum. Open the model with the network on, which fetches the file again, or delete ${blob}.`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Files beside the weights that headscope reads, and the most bytes that one of them and all together may have. */
const NEEDED =
  /^(config|generation_config|preprocessor_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|chat_template|model\.safetensors\.index|adapter_config)\.json$|^(vocab|merges)\.txt$|^chat_template\.jinja$|\.(model|spm)$/;
const MOST_BYTES = 256e6;
const MOST_TOGETHER = 512e6;

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
  checkSmall(small, id);
  const config = small.filter(({ path }) => path === "config.json");
  for (const file of config) await bring(fetcher, file, () => undefined);
  await acceptConfig(folder, options);
  for (const file of small) await bring(fetcher, file, () => undefined);
  const weights = await wantedWeights(folder, id, model.files);
  await bringAll(fetcher, weights, options.onProgress);
  await writeRef(repo, id, model.commit);
  return folder;
}

/** Refuses files beside the weights that are larger than any tokenizer: nothing of them is downloaded. */
function checkSmall(small: readonly HubFile[], { id }: HubId): void {
  const large = small.find(({ size }) => size > MOST_BYTES);
  if (large)
    throw new CheckpointError(
      `${large.path} of ${id} has ${large.size} bytes; at most ${MOST_BYTES} are accepted of a file beside the weights.`,
    );
  const total = small.reduce((sum, { size }) => sum + size, 0);
  if (total > MOST_TOGETHER)
    throw new CheckpointError(
      `The ${small.length} files beside the weights of ${id} have ${total} bytes; at most ${MOST_TOGETHER} are accepted.`,
    );
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
  const shards = new Set(parseWeightMap(index).values());
  return files.filter(({ path }) => shards.has(path));
}

async function bringAll(
  fetcher: Filling,
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
  if ((await readFile(path, "utf8").catch(() => "")) === commit) return;
  await mkdir(dirname(path), { recursive: true });
  const fresh = await passing(repo);
  await writeFile(fresh, commit);
  await rename(fresh, path);
}

/** A name for what is made apart and then put in its place: huggingface_hub reads all that lies in refs and snapshots. */
async function passing(repo: string): Promise<string> {
  await mkdir(join(repo, NOTES), { recursive: true });
  return join(repo, NOTES, randomBytes(6).toString("hex"));
}

interface Filling extends Fetcher {
  /** The snapshot's folder. */
  readonly folder: string;
}

/** One file into blobs and a link to it into the snapshot; nothing is done where both are there and whole. */
async function bring(fetcher: Filling, file: HubFile, onBytes: OnRead): Promise<void> {
  const link = join(fetcher.folder, checkPath(file.path));
  const linked = await realpath(link).catch(() => undefined);
  if (linked !== undefined && (await isKept(fetcher, linked, file, onBytes))) return onBytes(file.size);
  const name = file.checksum?.hex ?? createHash("sha256").update(file.url).digest("hex");
  const blob = join(fetcher.repo, "blobs", name);
  const kept = await realpath(blob).catch(() => undefined);
  if (kept === undefined || kept === linked || !(await isKept(fetcher, kept, file, onBytes)))
    await fetchBlob(fetcher, file, blob, onBytes);
  await linkTo(fetcher.repo, blob, link);
}

async function isKept(
  { repo, signal }: Fetcher,
  path: string,
  { size, checksum }: HubFile,
  onBytes: OnRead,
): Promise<boolean> {
  if ((await stat(path)).size !== size) return false;
  return checksum === undefined || isProven(repo, path, checksum.hex, onBytes, signal);
}

/** A link made apart, then put in place: another process may be doing the same. */
async function linkTo(repo: string, blob: string, link: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  const fresh = await passing(repo);
  try {
    await symlink(relative(dirname(link), blob), fresh);
    await rename(fresh, link);
  } catch {
    await rm(fresh, { force: true });
    // Windows allows links to administrators and developers only; huggingface_hub moves the file there, too.
    await rename(blob, link);
  }
}
