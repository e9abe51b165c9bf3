/** What must hold for a cookie that a response sets; what is left out is not looked at. */
export interface CookieOptions {
  /**
   * Its value, as it is sent.
   *
   * @default - any value
   */
  readonly value?: string;

  /**
   * Whether it is sent back over TLS alone.
   *
   * @default - not looked at
   */
  readonly secure?: boolean;

  /**
   * Whether scripts are kept from it.
   *
   * @default - not looked at
   */
  readonly httpOnly?: boolean;

  /**
   * From which sites it is sent along.
   *
   * @default - not looked at
   */
  readonly sameSite?: CookieSameSite;

  /**
   * Domain that it is for; case and a leading dot do not matter.
   *
   * @default - not looked at
   */
  readonly domain?: string;

  /**
   * Path that it is for.
   *
   * @default - not looked at
   */
  readonly path?: string;
}

/** From which sites a cookie is sent along. */
export enum CookieSameSite {
  /** From its own site alone. */
  STRICT = 'Strict',

  /** From its own site, and when somebody follows a link to it. */
  LAX = 'Lax',

  /** From every site. */
  NONE = 'None',
}
