import type { CookieConditionDocument } from '../../../../lib/model/suite';
import type { HttpAnswer } from '../../ports';
import { quoted } from '../../text';
import type { Condition, Polarity } from './condition';

/** A header that is not there has no value, neither this one nor any other. */
export function headerValue(name: string, expected: Pick<Condition, 'threshold' | 'unexpected'>, holds: (value: string) => boolean): Condition {
  return {
    what: `header ${name}`,
    ...expected,
    observe: (answer) => {
      const value = headerOf(answer, name);
      return value === undefined ? { missing: 'was absent,' } : { holds: holds(value), measured: quoted(value) };
    },
  };
}

export function headerPresence(name: string, present: boolean, polarity: Polarity): Condition {
  return {
    what: `header ${name}`,
    ...(present ? { threshold: 'a value', unexpected: 'no value' } : { threshold: 'no value', unexpected: 'a value' }),
    observe: (answer) => {
      const value = headerOf(answer, name);
      const shown = value === undefined ? { measured: null, shown: 'absent' } : { measured: quoted(value) };
      return { holds: polarity((value !== undefined) === present), ...shown };
    },
  };
}

export function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  /** In lower case; those without a value are empty. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Values of cookies open sessions: one is shown only where the assertion itself names a value, and then not the one that came. */
export function cookie({ name, equals, attributes }: CookieConditionDocument, polarity: Polarity): Condition {
  const named = Object.entries(attributes).map(([attribute, value]) => `${attribute} ${value}`);
  const wanted = [...(equals === undefined ? [] : [`the value ${quoted(equals)}`]), ...named];
  const holds = (found: Cookie) => (equals === undefined || found.value === equals) && Object.entries(attributes).every(([attribute, value]) => attributeHolds(found, attribute, value));
  return {
    what: `cookie ${name}`,
    ...(wanted.length === 0 ? { threshold: 'it to be set', unexpected: 'it not to be set' } : { threshold: `it to have ${wanted.join(', ')}`, unexpected: `it not to have ${wanted.join(', ')}` }),
    observe: (answer) => {
      const found = cookieOf(answer, name);
      if (found === undefined) {
        return wanted.length === 0 ? { holds: polarity(false), measured: null, shown: 'not set' } : { missing: 'was not set,' };
      }
      const shown = shownCookie(found, equals);
      return { holds: polarity(holds(found)), measured: shown, shown };
    },
  };
}

/** The last one of a name is the one that a browser keeps. */
function cookieOf({ setCookies }: HttpAnswer, name: string): Cookie | undefined {
  return setCookies.map(parseCookie).findLast((each) => each.name === name);
}

export function cookieValue(answer: HttpAnswer, name: string): string | undefined {
  return cookieOf(answer, name)?.value;
}

function attributeHolds({ attributes }: Cookie, attribute: string, wanted: unknown): boolean {
  const found = attributes.get(attribute.toLowerCase());
  if (typeof wanted === 'boolean') {
    return (found !== undefined) === wanted;
  }
  const foldsCase = attribute !== 'path';
  return found !== undefined && (foldsCase ? found.toLowerCase() : found) === (foldsCase ? String(wanted).toLowerCase() : wanted);
}

function shownCookie({ value, attributes }: Cookie, equals: string | undefined): string {
  const ofValue = equals === undefined ? [] : [value === equals ? 'this value' : `another value of ${value.length} characters`];
  const named = [...attributes].filter(([name]) => ['secure', 'httponly', 'samesite', 'domain', 'path'].includes(name)).map(([name, text]) => (text === '' ? name : `${name} ${text}`));
  return `set with ${quoted([...ofValue, ...(named.length === 0 ? ['no attributes'] : named)].join(', ')).slice(1, -1)}`;
}

function parseCookie(text: string): Cookie {
  const [first = '', ...rest] = text.split(';').map(pair);
  return { name: first[0] ?? '', value: first[1] ?? '', attributes: new Map(rest.map(([name, value]) => [name.toLowerCase(), value.replace(/^\./, '')])) };
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
