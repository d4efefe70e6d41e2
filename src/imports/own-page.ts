// The run inside a page that headscope wrote, as one offline HTML file or from Python: a deflated trace file, in base64.

import { Inflate } from "fflate";
import { joinBytes } from "../tensor/index.ts";
import { isTraceFile, readTrace, type Trace } from "../trace/index.ts";
import { ImportError } from "./found.ts";

/** Most bytes that the run of a page may unpack to. */
const MOST_BYTES = 2 ** 31;
const PLACE = 'id="headscope-trace">';

/** The run of a trace file or of a page that headscope wrote; null for any other file. */
export function ownRun(name: string, bytes: Uint8Array): Trace | null {
  if (isTraceFile(bytes)) return readTrace(bytes);
  const inside = traceInPage(name, bytes);
  return inside && readTrace(inside);
}

/** The trace file inside a page of headscope; null for any other file. */
function traceInPage(name: string, bytes: Uint8Array): Uint8Array | null {
  if (!/^\s*<!doctype html>/i.test(String.fromCharCode(...bytes.subarray(0, 64)))) return null;
  const text = new TextDecoder("latin1").decode(bytes);
  const at = text.indexOf(PLACE);
  if (at < 0) return null;
  const end = text.indexOf("<", at + PLACE.length);
  if (end < 0) throw new ImportError(`${name} is a page of headscope that is cut short: its run has no end.`);
  return inflated(name, text.slice(at + PLACE.length, end).trim());
}

function inflated(name: string, base64: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  try {
    const stream = new Inflate((part) => {
      total += part.length;
      if (total > MOST_BYTES) throw new RangeError(`more than ${MOST_BYTES} bytes`);
      parts.push(part);
    });
    stream.push(
      Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
      true,
    );
  } catch (error) {
    throw new ImportError(
      `The run in ${name}, a page of headscope, is damaged: ${(error as Error).message}.`,
      {
        cause: error,
      },
    );
  }
  return joinBytes(parts);
}
