/** What a `CalendarCheck` is in the suite. */
import type { Words } from './quantities';
import type { CheckDocumentBase } from './suite';

/** Change calendars that must all be open. */
export interface CalendarCheckDocument extends CheckDocumentBase {
  readonly kind: 'calendar';
  /**
   * Names or ARNs of Systems Manager documents.
   * @minItems 1
   * @maxItems 10
   */
  readonly calendars: readonly Words[];
}
