import type { Duration, Size } from 'aws-cdk-lib/core';

import type { AssertionDocument, AssertionModifiers, ConditionDocument } from '../model/suite';
import { DeployTimeValues } from '../private/deploy-time-values';
import { cookieCondition, jsonSchemaOf, requireDescription, requireSha256, sizeInBytes } from '../private/assertion-syntax';
import { requirePattern } from '../private/http-syntax';
import { requireDuration, requireRange, requireWhole } from '../private/numbers';
import type { CookieOptions } from './cookie-options';
import { FinalUrlExpectation } from './final-url-expectation';
import { HeaderExpectation } from './header-expectation';
import { JsonPathExpectation } from './json-path-expectation';

/** A response that takes longer than any request may is no latency to ask for. */
const MAX_LATENCY_MS = 300_000;

/** A century: no certificate is valid for longer. */
const MAX_DAYS = 36_500;

/** Something that must hold for a response. Assertions are values: what changes one returns another. */
export class HttpAssertion {
  /** The status code is this one. */
  public static status(code: number): HttpAssertion {
    requireWhole('status', code, 100, 599);
    return HttpAssertion._of(() => ({ kind: 'status', equals: code }));
  }

  /**
   * The status code is one of these.
   *
   * @param codes at least one
   */
  public static statusIn(...codes: number[]): HttpAssertion {
    if (codes.length === 0) {
      throw new Error("'statusIn' needs a status code, got none; name those that are good");
    }
    codes.forEach((code) => requireWhole('status', code, 100, 599));
    return HttpAssertion._of(() => ({ kind: 'statusIn', values: codes }));
  }

  /** The status code is in this range, both ends included. */
  public static statusBetween(min: number, max: number): HttpAssertion {
    requireWhole('min', min, 100, 599);
    requireWhole('max', max, 100, 599);
    requireRange(min, max);
    return HttpAssertion._of(() => ({ kind: 'statusBetween', min, max }));
  }

  /** A response header; say next what must hold for it. */
  public static header(name: string): HeaderExpectation {
    return new HeaderExpectation(name);
  }

  /** The response sets this cookie, with the value and the attributes that are named. The value that came is never reported. */
  public static cookie(name: string, options: CookieOptions = {}): HttpAssertion {
    const condition = cookieCondition(name, options);
    return HttpAssertion._of((values) => ({ ...condition, ...(options.value === undefined ? {} : { equals: values.replace(options.value) }) }));
  }

  /** The body, up to 1 MB of it, contains this text. */
  public static bodyContains(text: string): HttpAssertion {
    if (text.length === 0) {
      throw new Error("'bodyContains' needs a text, got an empty one, which every body contains; name the text to find");
    }
    return HttpAssertion._of((values) => ({ kind: 'bodyContains', text: values.replace(text) }));
  }

  /**
   * The body, up to 1 MB of it, matches this pattern somewhere.
   *
   * @param pattern a regular expression in RE2 syntax, which runs in linear time: no look-around, no back-references
   */
  public static bodyMatches(pattern: string): HttpAssertion {
    requirePattern(pattern);
    return HttpAssertion._of((values) => ({ kind: 'bodyMatches', pattern: values.replace(pattern) }));
  }

  /** The size of the body is in this range, both ends included: its `Content-Length`, else what was read. */
  public static bodySizeBetween(min: Size, max: Size): HttpAssertion {
    const range = { min: sizeInBytes('min', min), max: sizeInBytes('max', max) };
    requireRange(range.min, range.max);
    return HttpAssertion._of(() => ({ kind: 'bodySize', ...range }));
  }

  /**
   * The bytes of the body, which must not be more than 1 MB, have this SHA-256.
   *
   * @param hash 64 hexadecimal digits
   */
  public static bodySha256(hash: string): HttpAssertion {
    requireSha256(hash);
    return HttpAssertion._of(() => ({ kind: 'bodySha256', equals: hash.toLowerCase() }));
  }

  /**
   * A value in a JSON body; say next what must hold for it.
   *
   * @param path a JSONPath of RFC 9535, such as `$.status`
   */
  public static jsonPath(path: string): JsonPathExpectation {
    return new JsonPathExpectation(path);
  }

  /**
   * The JSON body matches a JSON Schema of draft 2020-12.
   *
   * Unknown keywords are errors at synth, and so are `format` and references to other documents. Patterns are RE2.
   *
   * @param schema the schema as an object, such as `{ type: 'object', required: ['id'] }`
   */
  public static jsonSchema(schema: { readonly [keyword: string]: unknown }): HttpAssertion {
    const document = jsonSchemaOf(schema);
    return HttpAssertion._of(() => ({ kind: 'jsonSchema', schema: document }));
  }

  /** The time from sending the request to the end of the response is below this. */
  public static latencyBelow(limit: Duration): HttpAssertion {
    requireDuration('latencyBelow', limit, 'milliseconds', 1, MAX_LATENCY_MS);
    return HttpAssertion._of(() => ({ kind: 'latencyBelow', ms: limit.toMilliseconds() }));
  }

  /** The certificate of the server that answered is valid for at least so many days more, 0 to 36500. Undecided without TLS. */
  public static tlsDaysLeft(atLeast: number): HttpAssertion {
    requireWhole('tlsDaysLeft', atLeast, 0, MAX_DAYS);
    return HttpAssertion._of(() => ({ kind: 'tlsDaysLeft', atLeast }));
  }

  /** The URL that answered, after the redirects that the check follows (`maxRedirects`); say next what must hold for it. */
  public static finalUrl(): FinalUrlExpectation {
    return new FinalUrlExpectation();
  }

  /** @internal */
  public static _of(render: (values: DeployTimeValues) => ConditionDocument): HttpAssertion {
    return new HttpAssertion(render, {});
  }

  private constructor(
    private readonly render: (values: DeployTimeValues) => ConditionDocument,
    private readonly modifiers: AssertionModifiers,
  ) {}

  /**
   * The opposite. What the assertion is about must still be there: a header or a JSON value that is missing is none that differs. Of several
   * selected JSON values, not a single one may be as described.
   */
  public negate(): HttpAssertion {
    const { negate, ...others } = this.modifiers;
    return new HttpAssertion(this.render, negate === true ? others : { ...others, negate: true });
  }

  /** The same, but only reported: where it does not hold, the reason of the check says `warning: ...`, and the verdict stays as it is. */
  public asWarning(): HttpAssertion {
    return new HttpAssertion(this.render, { ...this.modifiers, warning: true });
  }

  /**
   * The same, with what it means to people, which stands before what was measured.
   *
   * @param text 1 to 200 characters
   */
  public describedAs(text: string): HttpAssertion {
    requireDescription(text);
    return new HttpAssertion(this.render, { ...this.modifiers, description: text });
  }

  /** @internal */
  public get _isWarning(): boolean {
    return this.modifiers.warning === true;
  }

  /**
   * Kind of what it asserts, whatever the values.
   *
   * @internal
   */
  public get _kind(): ConditionDocument['kind'] {
    return this.render(new DeployTimeValues()).kind;
  }

  /** @internal */
  public _render(values: DeployTimeValues): AssertionDocument {
    return { ...this.render(values), ...this.modifiers };
  }
}
