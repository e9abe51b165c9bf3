import { App, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import { Annotations, Match } from 'aws-cdk-lib/assertions';

import { AppSpecDocument, AppSpecPlatform, ServerAppSpec, ServerFileExistsBehavior, ServerFileType, ServerOperatingSystem } from '../../../lib';

const { LINUX, WINDOWS } = ServerOperatingSystem;

process.env.CDK_VALIDATION = 'false';

const stackOf = () => new Stack(new App(), 'Shop');

test('the smallest one', () => {
  const appSpec = new ServerAppSpec({ os: LINUX });
  expect(appSpec.platform).toBe(AppSpecPlatform.SERVER);
  expect(appSpec.toYaml(stackOf())).toBe('version: 0.0\nos: linux\n');
  expect(appSpec.toJson(stackOf())).toBe('{"version":0.0,"os":"linux"}');
});

test('everything that one can say', () => {
  const script = (location: string) => [{ location }];
  const appSpec = new ServerAppSpec({
    os: LINUX,
    files: [{ source: 'web', destination: '/var/www/html' }],
    fileExistsBehavior: ServerFileExistsBehavior.OVERWRITE,
    permissions: [
      {
        object: '/var/www/html',
        pattern: '*.html',
        except: ['private.html'],
        owner: 'apache',
        group: 'apache',
        mode: '0644',
        acls: ['u:mary:rw'],
        context: { user: 'unconfined_u', type: 'httpd_sys_content_t', range: 's0' },
        types: [ServerFileType.FILE],
      },
      { object: '/var/www/html', context: { type: 'httpd_sys_content_t' }, types: [ServerFileType.DIRECTORY] },
    ],
    hooks: {
      afterAllowTraffic: script('9'),
      beforeAllowTraffic: script('8'),
      validateService: script('7'),
      applicationStart: script('6'),
      afterInstall: script('5'),
      beforeInstall: script('4'),
      applicationStop: [{ location: '3', timeout: Duration.minutes(5), runAs: 'root' }],
      afterBlockTraffic: script('2'),
      beforeBlockTraffic: script('1'),
    },
  });
  const yaml = appSpec.toYaml(stackOf());
  expect(yaml).toBe(`version: 0.0
os: linux
files:
  - source: web
    destination: /var/www/html
file_exists_behavior: OVERWRITE
permissions:
  - object: /var/www/html
    pattern: "*.html"
    except:
      - private.html
    owner: apache
    group: apache
    mode: "0644"
    acls:
      - u:mary:rw
    context:
      user: unconfined_u
      name: unconfined_u
      type: httpd_sys_content_t
      range: s0
    type:
      - file
  - object: /var/www/html
    context:
      type: httpd_sys_content_t
    type:
      - directory
hooks:
  BeforeBlockTraffic:
    - location: "1"
  AfterBlockTraffic:
    - location: "2"
  ApplicationStop:
    - location: "3"
      timeout: 300
      runas: root
  BeforeInstall:
    - location: "4"
  AfterInstall:
    - location: "5"
  ApplicationStart:
    - location: "6"
  ValidateService:
    - location: "7"
  BeforeAllowTraffic:
    - location: "8"
  AfterAllowTraffic:
    - location: "9"
`);
  expect(AppSpecDocument.parse(yaml)._document()).toEqual(appSpec._document());
  expect(AppSpecDocument.parse(appSpec.toJson(stackOf()))._document()).toEqual(appSpec._document());
});

test('is held to the rules', () => {
  expect(() => new ServerAppSpec({ os: WINDOWS, permissions: [{ object: 'c:\\temp' }], hooks: { afterInstall: [{ location: 'a.ps1', timeout: Duration.minutes(61) }] } })).toThrow(
    new Error(
      "AppSpec for EC2 and on-premises servers: 'permissions' must not be there where 'os' is windows, got a list of 1; set them in a script of AfterInstall\n" +
        "AppSpec for EC2 and on-premises servers: the timeouts of 'hooks.AfterInstall' must come to 3600 seconds at most, which is what an event has, got 3660; lower them",
    ),
  );
});

test('must be known at synth', () => {
  expect(() => new ServerAppSpec({ os: LINUX, files: [{ source: '/', destination: Lazy.string({ produce: () => '/srv' }) }] })).toThrow(
    'an AppSpec for EC2 and on-premises servers must be known at synth, since it is a file of a bundle, got a deploy-time value; write the value',
  );
});

test('warns of what has no effect, where it is used', () => {
  const stack = stackOf();
  const appSpec = new ServerAppSpec({ os: WINDOWS, hooks: { afterInstall: [{ location: 'a.ps1', runAs: 'me' }] } });
  Annotations.fromStack(stack).hasNoWarning('/Shop', Match.anyValue());
  appSpec.toYaml(stack);
  Annotations.fromStack(stack).hasWarning('/Shop', Match.stringLikeRegexp("'hooks.AfterInstall\\[0\\].runas' has no effect.*cdk-greenlight:appspec-runas-on-windows"));
});

test('a time-out of half a second is told with its place', () => {
  expect(() => new ServerAppSpec({ os: LINUX, hooks: { afterInstall: [{ location: 'a.sh', timeout: Duration.millis(500) }] } })).toThrow(
    "AppSpec for EC2 and on-premises servers: 'hooks.AfterInstall[0].timeout' must be a whole number of seconds from 1 to 3600, got 0.5; leave it out for what the event has",
  );
});
