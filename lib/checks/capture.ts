import type { CaptureDocument } from '../model/http-document';
import { requireHeaderName, requireJsonPath, requireLiteral } from '../private/http-syntax';

/**
 * A value that a step takes out of its answer. Later texts of the check refer to it by its name, as `{{name}}`.
 *
 * What it selects must be one and the same text, number or boolean, of at most 8192 characters; nothing, or several values, fail the check.
 */
export class Capture {
  /** A value of a JSON body, by a JSONPath of RFC 9535 such as `$.token`. */
  public static jsonPath(path: string): Capture {
    requireJsonPath(path);
    return new Capture({ from: 'jsonPath', path });
  }

  /** A response header; case of the name does not matter. */
  public static header(name: string): Capture {
    requireHeaderName(name);
    return new Capture({ from: 'header', name: name.toLowerCase() });
  }

  /** The value of a cookie that the response sets. */
  public static cookie(name: string): Capture {
    requireHeaderName(name);
    return new Capture({ from: 'cookie', name });
  }

  /**
   * What the only group of a pattern matches in the body.
   *
   * @param pattern a regular expression in RE2 syntax with one group, such as `name="csrf" value="([^"]+)"`
   */
  public static pattern(pattern: string): Capture {
    requireGroup(pattern);
    return new Capture({ from: 'body', pattern });
  }

  private constructor(private readonly document: CaptureDocument) {}

  /**
   * The same, but only what the only group of a pattern matches in the value, such as the number at the end of a `Location`.
   *
   * @param pattern a regular expression in RE2 syntax with one group
   */
  public matching(pattern: string): Capture {
    requireGroup(pattern);
    if (this.document.pattern !== undefined) {
      throw new Error(`a capture has one pattern, got '${this.document.pattern}' and '${pattern}'; write them as one`);
    }
    return new Capture({ ...this.document, pattern });
  }

  /** @internal */
  public get _document(): CaptureDocument {
    return this.document;
  }
}

function requireGroup(pattern: string): void {
  requireLiteral('the pattern of a capture', pattern);
}
