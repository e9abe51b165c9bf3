import { requireFinalUrl } from '../private/assertion-syntax';
import { requirePattern } from '../private/http-syntax';
import { HttpAssertion } from './http-assertion';

/** What must hold for the URL that answered. Its query is compared, and not reported. */
export class FinalUrlExpectation {
  /**
   * It is this one, query included.
   *
   * @param url a whole URL, such as `https://web.example.com/login`
   */
  public equalsText(url: string): HttpAssertion {
    requireFinalUrl(url);
    return HttpAssertion._of((values) => ({ kind: 'finalUrlEquals', equals: values.replace(url) }));
  }

  /** It matches this pattern somewhere: a regular expression in RE2 syntax. */
  public matches(pattern: string): HttpAssertion {
    requirePattern(pattern);
    return HttpAssertion._of((values) => ({ kind: 'finalUrlMatches', pattern: values.replace(pattern) }));
  }
}
