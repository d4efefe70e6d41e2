// The Hugging Face hub's protocol: which files a model has at a revision, and what its refusals mean.

import { isObject, type JsonObject } from "../json.ts";
import { checkPath } from "../paths.ts";
import { CheckpointError } from "../source.ts";
import { type Http, request, retryAfter, unreachable } from "./http.ts";
import type { Checksum, RemoteFile } from "./range.ts";
import { partsOf } from "./silence.ts";

/** A model on a hub, e.g. "openai-community/gpt2@main". */
export interface HubId {
  readonly id: string;
  readonly revision: string;
}

/** A file of a model, with its checksum. */
export interface HubFile extends RemoteFile {
  /** SHA-256 of large files; Git's SHA-1 of small ones. */
  readonly checksum: Checksum | undefined;
}

/** A model at one commit. */
export interface HubModel {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** The hub itself; mirrors have other addresses. */
export const HUB = "https://huggingface.co";

/** Reads "name", "org/name", either with "@revision"; undefined for anything else. */
export function parseHubId(spec: string): HubId | undefined {
  const match = /^((?:[\w-][\w.-]{0,95}\/)?[\w-][\w.-]{0,95})(?:@([\w./-]{1,200}))?$/.exec(spec);
  const id = match?.[1];
  const revision = match?.[2] ?? "main";
  if (!id || /--|\.\./.test(id) || /\.\.|^\/|\/$|\/\//.test(revision)) return undefined;
  return { id, revision };
}

/** The model behind an address of the hub's own pages, e.g. https://huggingface.co/org/name/tree/main. */
export function parseHubAddress(address: string, endpoint = HUB): HubId | undefined {
  if (!URL.canParse(address) || new URL(address).origin !== new URL(endpoint).origin) return undefined;
  const parts = new URL(address).pathname.split("/").filter(Boolean);
  const at = parts.findIndex((part) => part === "tree" || part === "blob" || part === "resolve");
  const name = at < 0 ? parts : parts.slice(0, at);
  const revision = at < 0 ? [] : parts.slice(at + 1, at + 2);
  return name.length <= 2 ? parseHubId([name.join("/"), ...revision].join("@")) : undefined;
}

/** Files of a model at a revision, with sizes and checksums. */
export async function hubModel(
  http: Http,
  endpoint: string,
  { id, revision }: HubId,
  signal?: AbortSignal,
): Promise<HubModel> {
  const url = `${endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await request(http, url, {}, signal);
  if (!response.ok) throw hubError(response, { id, revision }, http.token !== undefined);
  const body = await boundedJson(http, response).catch((error: unknown) => {
    throw unreachable(url, error, signal);
  });
  if (!isObject(body) || typeof body.sha !== "string" || !/^[0-9a-f]{7,64}$/.test(body.sha)) {
    throw new CheckpointError(`${endpoint} answers for ${id}, but not as a Hugging Face hub does.`);
  }
  const commit = body.sha;
  const siblings = Array.isArray(body.siblings) ? body.siblings.filter(isObject) : [];
  return { commit, files: siblings.flatMap((file) => readFile(file, `${endpoint}/${id}/resolve/${commit}`)) };
}

/** Most bytes of a listing; one of 10,000 files has about 3 MB. */
const MOST_LISTING = 32e6;

/** What a response says as JSON; undefined where it is none, or too long to be a listing. */
async function boundedJson({ silence }: Http, response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of partsOf(response, silence)) {
    parts.push(part);
    total += part.length;
    if (total > MOST_LISTING) return undefined;
  }
  try {
    return JSON.parse(await new Blob(parts as BlobPart[]).text());
  } catch {
    return undefined;
  }
}

function readFile(file: JsonObject, base: string): HubFile[] {
  const { rfilename: path, lfs, blobId } = file;
  const size = isObject(lfs) ? lfs.size : file.size;
  if (typeof path !== "string" || !canBeStored(path)) return [];
  if (!Number.isSafeInteger(size) || (size as number) < 0) return [];
  const sha256 = isObject(lfs) ? (lfs.sha256 ?? lfs.oid) : undefined;
  const checksum = checksumOf(sha256, "sha256", 64) ?? checksumOf(blobId, "git", 40);
  const url = `${base}/${checkPath(path).split("/").map(encodeURIComponent).join("/")}`;
  return [{ path, url, size: size as number, tag: checksum?.hex ?? base, checksum }];
}

/** No file system holds a part of more than 255 bytes, and no address half a character. */
function canBeStored(path: string): boolean {
  return (
    !/\p{Cs}/u.test(path) && path.split("/").every((part) => new TextEncoder().encode(part).length <= 240)
  );
}

function checksumOf(hex: unknown, kind: Checksum["kind"], length: number): HubFile["checksum"] {
  return typeof hex === "string" && hex.length === length && /^[0-9a-f]+$/.test(hex)
    ? { kind, hex }
    : undefined;
}

/** What a hub's refusal means for a model, or for one of its files; undefined where its status says it all. */
export function hubRefusal(
  id: HubId,
  hasToken: boolean,
): (response: Response) => CheckpointError | undefined {
  return (response) => {
    const code = response.headers.get("x-error-code");
    const known = code === "GatedRepo" || code === "RepoNotFound" || code === "RevisionNotFound";
    return known || [401, 403, 429].includes(response.status) ? hubError(response, id, hasToken) : undefined;
  };
}

/** The hub's own reason and what to do about it; data {id, revision}. */
function hubError(response: Response, id: HubId, hasToken: boolean): CheckpointError {
  const said = response.headers.get("x-error-message");
  const reason = said ? ` The hub says: ${said.slice(0, 500)}` : "";
  const [code, text] = refusalOf(response, id, hasToken);
  return new CheckpointError(text + reason, { code, data: { ...id } });
}

/** Code and sentence of a refusal. */
function refusalOf(response: Response, { id, revision }: HubId, hasToken: boolean): [string, string] {
  const said = response.headers.get("x-error-code");
  const { status } = response;
  if (said === "GatedRepo") return ["gated", gated(id, hasToken)];
  if (said === "RevisionNotFound")
    return ["unknown-revision", `${id} has no revision ${revision}. Try main.`];
  if (said === "RepoNotFound" || status === 404 || status === 401)
    return ["unknown-model", unknown(id, hasToken)];
  if (status === 403)
    return ["forbidden", `The hub does not let you read ${id}. Check the rights of your token.`];
  if (status === 429) return ["busy", busy(response)];
  return ["refused", `The hub answers ${status} for ${id}. Try again later.`];
}

function gated(id: string, hasToken: boolean): string {
  const next = hasToken
    ? "Accept its terms with the account of your token."
    : "Accept its terms, then give a token (HF_TOKEN).";
  return `${id} is gated: its authors ask you to accept their terms on its page. ${next}`;
}

function unknown(id: string, hasToken: boolean): string {
  const next = hasToken ? "your token does not reach it" : "it is private and needs a token (HF_TOKEN)";
  return `There is no model ${id} on the hub, or ${next}. Check the spelling: organisation/name.`;
}

function busy(response: Response): string {
  const seconds = Math.ceil((retryAfter(response) ?? 0) / 1000);
  return `The hub asks for patience: too many requests.${seconds ? ` Try again in ${seconds} seconds.` : ""}`;
}
