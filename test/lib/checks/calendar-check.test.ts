import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Aws, Stack } from 'aws-cdk-lib/core';

import type { CalendarCheckOptions } from '../../../lib';
import { CalendarCheck, LifecycleHook } from '../../../lib';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import { only, sample, statementsOf } from '../support/sample';

const SHARED = 'arn:aws:ssm:eu-central-1:444455556666:document/freeze';
const context = () => ({ values: new DeployTimeValues(), production: { protocol: 'HTTP' as const } });

describe('CalendarCheck', () => {
  test('asks its calendars once, and makes up for two readings that come to nothing', () => {
    expect(new CalendarCheck({ calendars: ['shop-sale', SHARED] })._render(context())).toEqual({
      kind: 'calendar',
      name: 'change calendars shop-sale, freeze',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 10_000, intervalMs: 1000, errorBudget: 2, deadlineMs: 33_000, inconclusive: 'FAIL' },
      calendars: ['shop-sale', SHARED],
    });
  });

  test('takes the name of a calendar of the app as a deploy-time value', () => {
    const own = new ssm.CfnDocument(new Stack(), 'Sale', { documentType: 'ChangeCalendar', content: 'BEGIN:VCALENDAR' });
    expect(new CalendarCheck({ calendars: [own.ref] })._render(context())).toMatchObject({ name: 'change calendars', calendars: ['${greenlight:V1}'] });
  });

  test('calls Systems Manager, and sends nothing by HTTP', () => {
    const check = new CalendarCheck({ calendars: ['shop-sale'] });
    expect([check._services, check._requests]).toEqual([['ssm'], []]);
  });

  test.each<[Partial<CalendarCheckOptions>, string]>([
    [{ calendars: [] }, "check 'none' must have 1 to 10 calendars, got 0; spread them over several checks"],
    [{ calendars: Array.from({ length: 11 }, (_, index) => `calendar-${index}`) }, "check 'none' must have 1 to 10 calendars, got 11"],
    [{ calendars: ['no'] }, "check 'none' has the calendar 'no', which is no name of a document (3 to 128 letters, digits, '_', '-' and '.') and no ARN of one; correct it"],
    [{ calendars: ['shop sale'] }, "has the calendar 'shop sale', which is no name of a document"],
    [{ calendars: ['arn:aws:ssm:eu-central-1:444455556666:parameter/freeze'] }, 'which is no name of a document'],
    [{ calendars: ['shop-sale', 'shop-sale'] }, "check 'none' has the calendar 'shop-sale' twice; name each calendar once"],
    [{ readRetries: 11 }, "'readRetries' must be a whole number from 0 to 10, got 11"],
  ])('fails when the options are wrong (%#)', (options, message) => {
    expect(() => new CalendarCheck({ name: 'none', calendars: ['shop-sale'], ...options })).toThrow(message);
  });

  test('lets the hook read the state of exactly these calendars', () => {
    const checks = [new CalendarCheck({ calendars: ['shop-sale', SHARED] }), new CalendarCheck({ calendars: [Aws.STACK_NAME] })];
    const { template } = sample({ hooks: { beforeInstall: LifecycleHook.checks({ checks }) } });
    const own = (name: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...name]] });
    expect(statementsOf(template, only(template, 'AWS::IAM::Role', 'WebBeforeInstall').id).filter(({ Sid }) => Sid === 'ReadCalendars')).toEqual([
      {
        Sid: 'ReadCalendars',
        Effect: 'Allow',
        Action: 'ssm:GetCalendarState',
        Resource: [own([':document/shop-sale']), SHARED, own([':document/', { Ref: 'AWS::StackName' }])],
      },
    ]);
  });
});
