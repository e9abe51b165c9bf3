import { jsonSchemaOf, requireFinite, requireJsonNumber } from '../private/assertion-syntax';
import { requireJsonPath, requirePattern } from '../private/http-syntax';
import { requireRange, requireWhole } from '../private/numbers';
import { HttpAssertion } from './http-assertion';

/** What must hold for a value in a JSON body: for each, where the path selects several. */
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
    requireJsonNumber('equalsNumber', value);
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

  /** The value is a number in this range, both ends included. */
  public between(min: number, max: number): HttpAssertion {
    requireFinite('min', min);
    requireFinite('max', max);
    requireRange(min, max);
    return HttpAssertion._of(() => ({ kind: 'jsonPathBetween', path: this.path, min, max }));
  }

  /**
   * The value matches a JSON Schema of draft 2020-12, as that of `HttpAssertion.jsonSchema`.
   *
   * @param schema the schema as an object
   */
  public matchesSchema(schema: { readonly [keyword: string]: unknown }): HttpAssertion {
    const document = jsonSchemaOf(schema);
    return HttpAssertion._of(() => ({ kind: 'jsonSchema', schema: document, path: this.path }));
  }

  /** The path leads to a value. */
  public exists(): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'jsonPathExists', path: this.path }));
  }

  /** The path leads nowhere, in a body that is JSON. */
  public absent(): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'jsonPathAbsent', path: this.path }));
  }

  /** The path selects so many values, such as `$.items[*]`. */
  public count(count: number): HttpAssertion {
    return this.countBetween(count, count);
  }

  /** The path selects a number of values in this range, both ends included. */
  public countBetween(min: number, max: number): HttpAssertion {
    requireWhole('count', min, 0, Number.MAX_SAFE_INTEGER);
    requireWhole('count', max, 0, Number.MAX_SAFE_INTEGER);
    requireRange(min, max);
    return HttpAssertion._of(() => ({ kind: 'jsonPathCount', path: this.path, min, max }));
  }

  private equalsConstant(value: number | boolean | null): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'jsonPathEquals', path: this.path, equals: value }));
  }
}
