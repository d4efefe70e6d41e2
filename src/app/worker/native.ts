// The engine of the process that served this page: whether it is there, and the token that lets this page use it.

import { ENGINE_PATH, type NativeAnswer, TOKEN_PARAM } from "../../wire/native.ts";

const KEPT = "headscope.token";

/**
 * The token of the address, taken out of it; it stays in this tab, so that a reload finds it. null where the page was
 * opened without one.
 */
export function takeToken(): string | null {
  const params = new URLSearchParams(location.hash.slice(1));
  const token = params.get(TOKEN_PARAM);
  if (token === null) return sessionStorage.getItem(KEPT);
  params.delete(TOKEN_PARAM);
  const rest = location.hash.replace(new RegExp(`[#&]${TOKEN_PARAM}=[^&]*`), "").replace(/^[#&]?/, "#");
  history.replaceState(null, "", rest === "#" ? location.pathname + location.search : rest);
  sessionStorage.setItem(KEPT, token);
  return token;
}

/** What this computer's engine has; null where the page has no token, or its server no engine. */
export async function askNative(page: string, token: string | null): Promise<NativeAnswer | null> {
  if (token === null) return null;
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(new URL(ENGINE_PATH, page), { headers }).catch(() => null);
  if (response?.status === 403) return { native: null, why: REFUSED };
  return response?.ok ? ((await response.json()) as NativeAnswer) : null;
}

const REFUSED =
  "headscope on this computer does not know this page any more. Open the address that it printed.";
