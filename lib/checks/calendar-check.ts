import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { CalendarCheckDocument } from '../model/calendar-document';
import { requireWhole } from '../private/numbers';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';

/** Calendars that one check can ask. */
const MAX_CALENDARS = 10;

/** Calls at the same time, and what throttling may add to them. */
const LONGEST_CALL_MS = 10_000;

/** Names that Systems Manager takes for documents, and ARNs of documents. */
const NAME = /^[A-Za-z0-9_.-]{3,128}$/;
const ARN = /^arn:[^:]+:ssm:[^:]+:\d{12}:document\/[A-Za-z0-9_.-]{3,128}$/;

/** A check of change calendars. */
export interface CalendarCheckOptions extends CheckOptions {
  /**
   * Names of Systems Manager documents of type `ChangeCalendar` in the hook's account and region, or ARNs of ones that another account shares, 1 to 10. All of
   * them must be open.
   */
  readonly calendars: string[];

  /**
   * Readings that may come to nothing, such as throttled ones, 0 to 10.
   *
   * @default 2
   */
  readonly readRetries?: number;
}

/**
 * The change calendars must be open at the moment at which the check is played. One that is closed fails it, and the reason says until when.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-change-calendar.html
 */
export class CalendarCheck extends Check {
  private readonly options: CalendarCheckOptions;

  /** @throws when there are no calendars, or too many, or one is neither a name nor an ARN */
  constructor(options: CalendarCheckOptions) {
    super(options.name ?? defaultName(options), options);
    this.options = options;
    const { calendars } = options;
    if (calendars.length === 0 || calendars.length > MAX_CALENDARS) {
      throw new Error(`check '${this.name}' must have 1 to ${MAX_CALENDARS} calendars, got ${calendars.length}; spread them over several checks`);
    }
    const wrong = calendars.find((calendar) => !Token.isUnresolved(calendar) && !NAME.test(calendar) && !ARN.test(calendar));
    if (wrong !== undefined) {
      throw new Error(`check '${this.name}' has the calendar '${wrong}', which is no name of a document (3 to 128 letters, digits, '_', '-' and '.') and no ARN of one; correct it`);
    }
    const twice = calendars.find((calendar, index) => calendars.indexOf(calendar) !== index);
    if (twice !== undefined) {
      throw new Error(`check '${this.name}' has the calendar '${twice}' twice; name each calendar once`);
    }
    requireWhole('readRetries', this.readRetries, 0, 10);
  }

  /** @internal */
  public get _services(): string[] {
    return ['ssm'];
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return { longestMs: LONGEST_CALL_MS, errorBudget: this.readRetries };
  }

  /** @internal */
  public _statements(scope: Construct): iam.PolicyStatement[] {
    const resources = this.options.calendars.map((calendar) => (calendar.startsWith('arn:') ? calendar : documentArn(scope, calendar)));
    return [new iam.PolicyStatement({ sid: 'ReadCalendars', actions: ['ssm:GetCalendarState'], resources })];
  }

  /** @internal */
  public _render(context: _CheckContext): CalendarCheckDocument {
    const calendars = this.options.calendars.map((calendar) => context.values.replace(calendar));
    return { kind: 'calendar', name: this.name, policy: this._policy(), calendars };
  }

  private get readRetries(): number {
    return this.options.readRetries ?? 2;
  }
}

function documentArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'ssm', resource: 'document', resourceName: name });
}

function defaultName({ calendars }: CalendarCheckOptions): string {
  return calendars.some((calendar) => Token.isUnresolved(calendar)) ? 'change calendars' : `change calendars ${calendars.map((calendar) => calendar.replace(/^arn:.*\//, '')).join(', ')}`;
}
