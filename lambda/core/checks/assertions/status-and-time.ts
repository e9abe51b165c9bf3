/** Status, latency, certificate and final URL: facts of the answer as a whole. */
import type { HttpAnswer } from '../../ports';
import { excerpt, quoted } from '../../text';
import type { Pattern } from '../engines';
import type { Condition, Polarity } from './condition';

export function status(threshold: string | number, holds: (status: number) => boolean, polarity: Polarity): Condition {
  return { what: 'status', threshold, observe: (answer) => ({ holds: polarity(holds(answer.status)), measured: answer.status }) };
}

export function latency(limit: number, polarity: Polarity): Condition {
  return {
    what: 'latency',
    threshold: limit,
    expected: `below ${limit} ms`,
    unexpected: `${limit} ms or more`,
    observe: ({ durationMs }) => {
      // Rounded towards the limit that it broke, so that the measured value never seems to be on the other side of it.
      const measured = durationMs < limit ? Math.floor(durationMs * 10) / 10 : Math.ceil(durationMs * 10) / 10;
      return { holds: polarity(durationMs < limit), measured, shown: `${measured} ms` };
    },
  };
}

export function tlsDaysLeft(atLeast: number, polarity: Polarity): Condition {
  return {
    what: 'TLS certificate',
    threshold: atLeast,
    expected: `at least ${atLeast} days`,
    unexpected: `fewer than ${atLeast} days`,
    observe: ({ certificate, url }) => {
      if (certificate === undefined) {
        return { undecided: `${withoutQuery(url)} answered without a certificate that ends on a date` };
      }
      const measured = Math.floor(certificate.daysLeft * 10) / 10;
      return { holds: polarity(certificate.daysLeft >= atLeast), measured, shown: `valid for ${measured} more days (until ${certificate.validTo})` };
    },
  };
}

export function finalUrlEquals(url: string, polarity: Polarity): Condition {
  const same = URL.parse(url)?.href ?? url;
  return finalUrl(quoted(url), undefined, (measured) => polarity(measured === same));
}

export function finalUrlMatches(pattern: string, { found }: Pattern, polarity: Polarity): Condition {
  const text = `match of /${excerpt(pattern)}/`;
  return finalUrl(`a ${text}`, `no ${text}`, (measured) => polarity(found(measured)));
}

function finalUrl(threshold: string, unexpected: string | undefined, holds: (url: string) => boolean): Condition {
  const observe = ({ url }: HttpAnswer) => ({ holds: holds(url), measured: quoted(withoutQuery(url)) });
  return { what: 'final URL', threshold, ...(unexpected === undefined ? {} : { unexpected }), observe };
}

/** A redirect may carry a token in its query, or in its user information. */
function withoutQuery(text: string): string {
  const url = URL.parse(text);
  return url === null ? text : `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}
