import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { App } from 'aws-cdk-lib/core';

import type { CheckSuite } from '../../../lib/model/suite';
import { handlerCode, withSuite } from '../../../lib/private/handler-code';
import { ensureHandlers } from '../../support/handlers';

beforeAll(() => ensureHandlers());

const SUITE: CheckSuite = { schemaVersion: 1, event: 'AfterInstall', policy: { run: 'ALL', concurrency: 1, deadlineMs: 1000 }, checks: [] };

const pathOf = (code: lambda.Code): string => (code as lambda.AssetCode).path;

describe('withSuite', () => {
  test('lays the suite beside the handler while it is used, and clears away after it', () => {
    const directory = withSuite(new App(), 'checks', { suite: SUITE }, (code) => {
      expect(JSON.parse(readFileSync(join(pathOf(code), 'suite.json'), 'utf8'))).toEqual(SUITE);
      expect(existsSync(join(pathOf(code), 'index.js'))).toBe(true);
      return pathOf(code);
    });
    expect(existsSync(directory)).toBe(false);
  });

  test('lays payloads beside the suite', () => {
    withSuite(new App(), 'checks', { suite: SUITE, payloads: new Map([['payload-1.json', '[1]']]) }, (code) => {
      expect(readFileSync(join(pathOf(code), 'payload-1.json'), 'utf8')).toBe('[1]');
    });
  });

  test('clears away when its use fails', () => {
    let directory = '';
    const use = () =>
      withSuite(new App(), 'checks', { suite: SUITE }, (code) => {
        directory = pathOf(code);
        throw new Error('the function could not be made');
      });
    expect(use).toThrow('the function could not be made');
    expect([directory === '', existsSync(directory)]).toEqual([false, false]);
  });
});

describe('handlerCode', () => {
  test('is the built bundle', () => {
    expect(pathOf(handlerCode('guardian'))).toBe(join(process.cwd(), 'build', 'handlers', 'guardian'));
  });

  test('fails when the handler is not built', () => {
    expect(() => handlerCode('nothing' as 'checks')).toThrow(/^the handler 'nothing' is not built, expected .*nothing.index\.js; run 'npm run build'$/);
  });
});
