/** What a step of an HTTP check has besides its request and its assertions. */
import type { HeaderName, NonEmptyText } from './quantities';

/**
 * Values that later steps refer to as `{{name}}`.
 * @propertyNames { "pattern": "^[A-Za-z][A-Za-z0-9_]{0,63}$" }
 */
export type Captures = Readonly<Record<string, CaptureDocument>>;

/**
 * What it selects must be one and the same value; `pattern` takes its only group out of that value, or out of the body.
 *
 * @discriminator from
 */
export type CaptureDocument = JsonPathCaptureDocument | HeaderCaptureDocument | CookieCaptureDocument | BodyCaptureDocument;

export interface JsonPathCaptureDocument {
  readonly from: 'jsonPath';
  readonly path: string;
  readonly pattern?: string;
}

export interface HeaderCaptureDocument {
  readonly from: 'header';
  readonly name: HeaderName;
  readonly pattern?: string;
}

export interface CookieCaptureDocument {
  readonly from: 'cookie';
  readonly name: HeaderName;
  readonly pattern?: string;
}

export interface BodyCaptureDocument {
  readonly from: 'body';
  readonly pattern: string;
}

/**
 * How a request proves who sends it. Texts may hold `{{name}}`.
 *
 * @discriminator kind
 */
export type HttpAuthDocument = BasicAuthDocument | BearerAuthDocument | SigV4AuthDocument;

export interface BasicAuthDocument {
  readonly kind: 'basic';
  readonly user: UserName;
  readonly password: NonEmptyText;
}

export interface BearerAuthDocument {
  readonly kind: 'bearer';
  readonly token: NonEmptyText;
}

/** Signed with the credentials of the hook's role. */
export interface SigV4AuthDocument {
  readonly kind: 'sigV4';
  readonly service: SignedName;
  /** Absent: the hook's region. */
  readonly region?: SignedName;
}

/**
 * A name that ends at the first colon, which begins the password.
 * @pattern ^[^:\x00-\x1f\x7f]+$
 */
export type UserName = string;

/**
 * A service or a region as signatures have it, such as `execute-api`.
 * @pattern ^[a-z0-9-]+$
 */
export type SignedName = string;
