import { CalendarCheck, EcsEndpoint, EcsRollout, LifecycleHook } from 'cdk-greenlight';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** Open all the time, but for the day of the sale. */
const SALE = [
  'BEGIN:VCALENDAR',
  'PRODID:-//AWS//Change Calendar 1.0//EN',
  'VERSION:2.0',
  'X-CALENDAR-TYPE:DEFAULT_OPEN',
  'BEGIN:VEVENT',
  'UID:sale',
  'SUMMARY:Sale',
  'DTSTAMP:20260101T000000Z',
  'DTSTART:20261127T000000Z',
  'DTEND:20261128T000000Z',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

/** Production traffic moves only while the change calendar is open. */
export class CalendarChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App');
    const sale = new ssm.CfnDocument(this, 'Sale', { name: 'shop-sale', documentType: 'ChangeCalendar', documentFormat: 'TEXT', content: {} });
    // CloudFormation takes a text here, the CDK's type an object only.
    sale.addPropertyOverride('Content', SALE);
    // cfn-lint takes every document for JSON or YAML, and a calendar is neither.
    sale.addMetadata('cfn-lint', { config: { ignore_checks: ['E3051'] } });

    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80 }),
      hooks: {
        beforeAllowTraffic: LifecycleHook.checks({
          checks: [new CalendarCheck({ name: 'no sale', calendars: [sale.ref] })],
        }),
      },
      expectedRequestsPerSecond: 5,
    });
  }
}
