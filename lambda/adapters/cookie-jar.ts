/** The cookies of one session, bound to the origin that set them: `Domain` is not looked at, so that none goes to another host. */

interface KeptCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

const MAX_COOKIES = 100;
const MAX_COOKIE_LENGTH = 4_096;

export class CookieJar {
  private readonly origins = new Map<string, readonly KeptCookie[]>();

  /** @param today milliseconds since 1970: cookies may end on a date */
  constructor(private readonly today: () => number) {}

  /** The Cookie header for a URL; undefined where there is none. */
  header(url: URL): string | undefined {
    const kept = (this.origins.get(url.origin) ?? []).filter(({ path }) => pathMatches(url.pathname, path));
    // The more a path says, the earlier its cookie comes.
    const sorted = [...kept].sort((a, b) => b.path.length - a.path.length);
    return sorted.length === 0 ? undefined : sorted.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** Keeps what an answer of this URL sets, and returns the values that are new. */
  keep(url: URL, setCookies: readonly string[]): readonly string[] {
    return setCookies.flatMap((text) => this.keepOne(url, text));
  }

  private keepOne(url: URL, text: string): readonly string[] {
    const [first = '', ...attributes] = text.split(';').map((part) => part.trim());
    const [name, value] = pair(first);
    if (name === '' || text.length > MAX_COOKIE_LENGTH) {
      return [];
    }
    const attribute = (wanted: string) => attributes.map(pair).findLast(([key]) => key.toLowerCase() === wanted)?.[1];
    const given = attribute('path');
    const path = given?.startsWith('/') === true ? given : url.pathname.replace(/\/[^/]*$/, '') || '/';
    const others = (this.origins.get(url.origin) ?? []).filter((kept) => kept.name !== name || kept.path !== path);
    const over = this.isOver(attribute('max-age'), attribute('expires'));
    this.origins.set(url.origin, over ? others : [...others, { name, value, path }].slice(-MAX_COOKIES));
    return over ? [] : [value];
  }

  /** `Max-Age` wins. */
  private isOver(maxAge: string | undefined, expires: string | undefined): boolean {
    if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
      return Number(maxAge) <= 0;
    }
    return expires !== undefined && Date.parse(expires) <= this.today();
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4 */
function pathMatches(path: string, cookiePath: string): boolean {
  return path === cookiePath || (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'));
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
