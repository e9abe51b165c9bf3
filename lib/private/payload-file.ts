/** Payloads that lie beside the suite: those of files, and those that would make the suite too large to be read by people and tools. */
import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';

import type { Check } from '../checks/check';
import { MAX_FUNCTION_CODE_BYTES, MAX_SYNC_PAYLOAD_BYTES } from '../model/limits';

/** Bytes of a payload that stands in the suite. */
export const MAX_INLINE_PAYLOAD_BYTES = 65_536;

/** For the handler and its suite. */
const HANDLER_BYTES = 10_000_000;

/** The text of a file that is sent as it is. @throws where it is none that Lambda takes */
export function readPayloadFile(what: string, file: string): string {
  const place = `'payloadFile' of ${what}`;
  const absolute = path.resolve(file);
  let bytes: number;
  let text: string;
  try {
    bytes = fs.statSync(absolute).size;
    // A file that is too large is not read.
    text = bytes > MAX_SYNC_PAYLOAD_BYTES ? '' : fs.readFileSync(absolute, 'utf8');
  } catch (error) {
    throw new Error(`${place} is '${file}', which cannot be read: ${(error as Error).message}; name a JSON file, from ${process.cwd()} where the path is not absolute`);
  }
  if (bytes > MAX_SYNC_PAYLOAD_BYTES) {
    throw new Error(`${place} is '${file}', which has ${bytes} bytes, and Lambda takes at most ${MAX_SYNC_PAYLOAD_BYTES} in a synchronous invocation; send less, or a reference to it`);
  }
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${place} is '${file}', which is not JSON: ${(error as Error).message}; Lambda takes nothing else`);
  }
  return text;
}

/** Name of the file that such a text lies in. */
export function payloadFile(text: string): string {
  return `payload-${createHash('sha256').update(text).digest('hex')}.json`;
}

/** All that the checks of a hook lay beside its suite. @throws where it does not fit into a function */
export function payloadsOf(checks: readonly Check[], { event }: { readonly event: string }): ReadonlyMap<string, string> {
  const payloads = new Map(checks.flatMap((check) => [...check._payloads]));
  const bytes = [...payloads.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const room = MAX_FUNCTION_CODE_BYTES - HANDLER_BYTES;
  if (bytes > room) {
    throw new Error(`payloads of hook ${event} have ${bytes} bytes together, of which ${room} fit beside its handler, since Lambda takes ${MAX_FUNCTION_CODE_BYTES} for a function; send less`);
  }
  return payloads;
}
