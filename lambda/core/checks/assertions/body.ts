import { createHash } from 'node:crypto';

import type { HttpAnswer } from '../../ports';
import { MAX_BODY_BYTES } from '../../ports';
import { quoted } from '../../text';
import type { Condition, Polarity } from './condition';
import { headerOf } from './headers';

/** `found` looks at the text that was read. Nothing found in a beginning says nothing about the rest. */
export function bodyText(expected: Pick<Condition, 'threshold' | 'unexpected'>, found: (answer: HttpAnswer) => boolean, polarity: Polarity): Condition {
  return {
    what: 'body',
    ...expected,
    observe: (answer) => {
      const encoded = encodedBody(answer);
      if (encoded !== undefined) {
        return { undecided: encoded };
      }
      const holds = found(answer);
      return answer.bodyTruncated && !holds ? { undecided: TOO_LARGE } : { holds: polarity(holds), measured: quoted(answer.body) };
    },
  };
}

export function bodySize({ min, max }: { readonly min: number; readonly max: number }, polarity: Polarity): Condition {
  return {
    what: 'body size',
    threshold: `${min} to ${max}`,
    expected: `${min} to ${max} bytes`,
    observe: (answer) => {
      const encoded = encodedBody(answer);
      if (encoded !== undefined) {
        return { undecided: encoded };
      }
      const size = sizeOf(answer);
      return size === undefined ? { undecided: `${TOO_LARGE}, nor does the answer name its length` } : { holds: polarity(size >= min && size <= max), measured: size, shown: `${size} bytes` };
    },
  };
}

export function bodySha256(equals: string, polarity: Polarity): Condition {
  return {
    what: 'SHA-256 of the body',
    threshold: equals,
    observe: (answer) => {
      const encoded = encodedBody(answer) ?? (answer.bodyTruncated ? TOO_LARGE : undefined);
      if (encoded !== undefined) {
        return { undecided: encoded };
      }
      const measured = createHash('sha256').update(answer.bytes).digest('hex');
      return { holds: polarity(measured === equals), measured };
    },
  };
}

/** The announced length, which an answer to HEAD has too; else what came, if all of it did. */
function sizeOf(answer: HttpAnswer): number | undefined {
  const announced = headerOf(answer, 'content-length');
  if (announced !== undefined && /^\d{1,15}$/.test(announced)) {
    return Number(announced);
  }
  return answer.bodyTruncated ? undefined : answer.bytes.length;
}

export const TOO_LARGE = `the body is larger than ${MAX_BODY_BYTES} bytes, and no more is read`;

/** Bodies are asked for as they are and never decoded, so that a small answer cannot become a large one here. */
export function encodedBody(answer: HttpAnswer): string | undefined {
  const named = headerOf(answer, 'content-encoding');
  return named === undefined || ['', 'identity'].includes(named.trim().toLowerCase()) ? undefined : `the body is encoded as ${quoted(named, 40)}, although it was asked for as it is`;
}
