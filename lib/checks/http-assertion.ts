import type { Duration } from 'aws-cdk-lib/core';

import type { AssertionDocument } from '../model/suite';
import type { DeployTimeValues } from '../private/deploy-time-values';
import { requireHeaderName, requireJsonPath, requirePattern } from '../private/http-syntax';
import { requireDuration, requireKnown, requireWhole } from '../private/numbers';

/** A response that takes longer than any request may is no latency to ask for. */
const MAX_LATENCY_MS = 300_000;

/** Something that must hold for a response. */
export class HttpAssertion {
  /** The status code is this one. */
  public static status(code: number): HttpAssertion {
    requireWhole('status', code, 100, 599);
    return new HttpAssertion(() => ({ kind: 'status', equals: code }));
  }

  /** The status code is in this range, both ends included. */
  public static statusBetween(min: number, max: number): HttpAssertion {
    requireWhole('min', min, 100, 599);
    requireWhole('max', max, 100, 599);
    if (min > max) {
      throw new Error(`'min' must not be above 'max', got ${min} and ${max}; swap them`);
    }
    return new HttpAssertion(() => ({ kind: 'statusBetween', min, max }));
  }

  /** A response header; say next what must hold for it. */
  public static header(name: string): HeaderExpectation {
    return new HeaderExpectation(name);
  }

  /** The body, up to 1 MB of it, contains this text. */
  public static bodyContains(text: string): HttpAssertion {
    if (text.length === 0) {
      throw new Error("'bodyContains' needs a text, got an empty one, which every body contains; name the text to find");
    }
    return new HttpAssertion((values) => ({ kind: 'bodyContains', text: values.replace(text) }));
  }

  /**
   * The body, up to 1 MB of it, matches this pattern somewhere.
   *
   * @param pattern a regular expression in RE2 syntax, which runs in linear time: no look-around, no back-references
   */
  public static bodyMatches(pattern: string): HttpAssertion {
    requirePattern(pattern);
    return new HttpAssertion((values) => ({ kind: 'bodyMatches', pattern: values.replace(pattern) }));
  }

  /**
   * A value in a JSON body; say next what must hold for it.
   *
   * @param path a JSONPath of RFC 9535, such as `$.status`
   */
  public static jsonPath(path: string): JsonPathExpectation {
    return new JsonPathExpectation(path);
  }

  /** The time from sending the request to the end of the response is below this. */
  public static latencyBelow(limit: Duration): HttpAssertion {
    requireDuration('latencyBelow', limit, 'milliseconds', 1, MAX_LATENCY_MS);
    return new HttpAssertion(() => ({ kind: 'latencyBelow', ms: limit.toMilliseconds() }));
  }

  /** @internal */
  public static _of(render: (values: DeployTimeValues) => AssertionDocument): HttpAssertion {
    return new HttpAssertion(render);
  }

  private constructor(private readonly render: (values: DeployTimeValues) => AssertionDocument) {}

  /** @internal */
  public _render(values: DeployTimeValues): AssertionDocument {
    return this.render(values);
  }
}

/** What must hold for a response header. */
export class HeaderExpectation {
  private readonly header: string;

  /** @param header name of the header; case does not matter */
  constructor(header: string) {
    requireHeaderName(header);
    this.header = header;
  }

  /** The header has this value. */
  public equalsText(value: string): HttpAssertion {
    return HttpAssertion._of((values) => ({ kind: 'headerEquals', name: this.header, equals: values.replace(value) }));
  }

  /** The value matches this pattern somewhere: a regular expression in RE2 syntax. */
  public matches(pattern: string): HttpAssertion {
    requirePattern(pattern);
    return HttpAssertion._of((values) => ({ kind: 'headerMatches', name: this.header, pattern: values.replace(pattern) }));
  }
}

/** What must hold for a value in a JSON body. */
export class JsonPathExpectation {
  private readonly path: string;

  /** @param path a JSONPath of RFC 9535, such as `$.status` */
  constructor(path: string) {
    requireJsonPath(path);
    this.path = path;
  }

  /** The value is this text. */
  public equalsText(value: string): HttpAssertion {
    return HttpAssertion._of((values) => ({ kind: 'jsonPathEquals', path: this.path, equals: values.replace(value) }));
  }

  /** The value is this number. */
  public equalsNumber(value: number): HttpAssertion {
    requireKnown("'equalsNumber'", value);
    if (!Number.isFinite(value)) {
      throw new Error(`'equalsNumber' must be a finite number, got ${value}, which JSON does not have; ask for a number, or by 'equalsNull'`);
    }
    return this.equalsConstant(value);
  }

  /** The value is this boolean. */
  public equalsBoolean(value: boolean): HttpAssertion {
    return this.equalsConstant(value);
  }

  /** The value is there, and is null. */
  public equalsNull(): HttpAssertion {
    return this.equalsConstant(null);
  }

  /** The value is a text that matches this pattern somewhere: a regular expression in RE2 syntax. */
  public matches(pattern: string): HttpAssertion {
    requirePattern(pattern);
    return HttpAssertion._of((values) => ({ kind: 'jsonPathMatches', path: this.path, pattern: values.replace(pattern) }));
  }

  /** The path leads to a value. */
  public exists(): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'jsonPathExists', path: this.path }));
  }

  private equalsConstant(value: number | boolean | null): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'jsonPathEquals', path: this.path, equals: value }));
  }
}
