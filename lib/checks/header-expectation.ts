import { requireHeaderName, requirePattern } from '../private/http-syntax';
import { HttpAssertion } from './http-assertion';

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

  /** The response has the header, with whatever value. */
  public exists(): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'headerExists', name: this.header }));
  }

  /** The response does not have the header. */
  public absent(): HttpAssertion {
    return HttpAssertion._of(() => ({ kind: 'headerAbsent', name: this.header }));
  }
}
