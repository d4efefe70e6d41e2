// Who may use the engine of this process: the page that it served, and nobody else. A page proves itself by the token
// of the address that was printed; another site's page has neither the token nor our origin, and is on another host.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { PROTOCOL, TOKEN_PREFIX } from "../../wire/native.ts";

const TOKEN = /^[0-9a-f]{48}$/;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** True for a request that came over loopback, to a loopback name, from our own page, with the token. */
export function mayUse({ headers, socket }: IncomingMessage, token: string): boolean {
  const { host = "", origin } = headers;
  const near = /^(::1|127\.|::ffff:127\.)/.test(socket.remoteAddress ?? "");
  const own = origin === undefined ? headers["sec-websocket-key"] === undefined : origin === `http://${host}`;
  return near && LOOPBACK.test(host) && own && same(tokenOf(headers), token);
}

/** From the subprotocols of a WebSocket or from Authorization; never from an address, which lands in logs. */
function tokenOf(headers: IncomingHttpHeaders): string {
  const offered = (headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/);
  const named = offered.includes(PROTOCOL)
    ? offered.find((name) => name.startsWith(TOKEN_PREFIX))
    : undefined;
  return named?.slice(TOKEN_PREFIX.length) ?? /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
}

function same(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A token that nobody can guess. */
export function freshToken(): string {
  return randomBytes(24).toString("hex");
}

/**
 * The token of this user, kept in a file that only they can read, so that a page finds its way back to a server that was
 * started again; a fresh one where the file cannot be kept.
 */
export async function userToken(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const base = env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  const path = join(base, "headscope", "token");
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  if (TOKEN.test(kept)) return kept;
  const token = freshToken();
  await keep(path, token).catch(() => undefined);
  return token;
}

async function keep(path: string, token: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, token, { mode: 0o600 });
  await chmod(path, 0o600);
}
