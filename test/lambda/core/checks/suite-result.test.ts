import { parseXML } from '@aws-sdk/xml-builder';

import { outcomeOfCases, judgeCases } from '../../../../lambda/core/checks/suite/cases';
import { readResult } from '../../../../lambda/core/checks/suite/result-document';
import type { SuiteCase } from '../../../../lib/model/suite-result';
import { cpuMsOf } from '../../../support/cpu-time';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const read = (value: unknown) => readResult(bytes(value), parseXML);
const one = (overrides: object = {}) => ({ schemaVersion: 1, cases: [{ name: 'pays', status: 'passed', ...overrides }] });

describe('the result document', () => {
  test('is read as it stands, whatever else it holds', () => {
    const cases = [
      { name: 'pays', status: 'passed', durationMs: 0 },
      { name: 'ships', status: 'failed', message: 'no label' },
      { name: 'returns', status: 'errored', durationMs: 1.5 },
      { name: 'gifts', status: 'skipped' },
    ];
    expect(read({ schemaVersion: 1, cases: cases.map((each) => ({ ...each, owner: 'shop' })), by: 'me' })).toEqual(cases);
  });

  test('may be a JSON text in a JSON text, and have no case', () => {
    expect(read(JSON.stringify(one()))).toEqual([{ name: 'pays', status: 'passed' }]);
    expect(read({ schemaVersion: 1, cases: [] })).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['nothing', null, 'it must be an object, got nothing'],
    ['a number', 5, 'it must be an object, got 5'],
    ['a list', [one()], 'it must be an object, got a list'],
    ['a text', 'all is well', 'it is neither a result document nor JUnit XML: "all is well"'],
    ['an empty text', '', 'it is neither a result document nor JUnit XML: ""'],
    ['no version', { cases: [] }, "'schemaVersion' must be 1, got nothing"],
    ['another version', { schemaVersion: 2, cases: [] }, "'schemaVersion' must be 1, got 2"],
    ['a version as text', { schemaVersion: '1', cases: [] }, "'schemaVersion' must be 1, got \"1\""],
    ['no cases', { schemaVersion: 1 }, "'cases' must be a list, got nothing"],
    ['cases by name', { schemaVersion: 1, cases: { pays: 'passed' } }, "'cases' must be a list, got an object"],
    ['a case that is a text', { schemaVersion: 1, cases: ['pays'] }, "'cases[0]' must be an object, got \"pays\""],
    ['a case without a name', one({ name: undefined }), "'cases[0].name' must be a text that is not empty, got nothing"],
    ['a case with an empty name', one({ name: ' ' }), "'cases[0].name' must be a text that is not empty, got \" \""],
    ['a case without a status', one({ status: undefined }), "'cases[0].status' must be one of passed, failed, errored, skipped, got nothing"],
    ['an unknown status', one({ status: 'ok' }), "'cases[0].status' must be one of passed, failed, errored, skipped, got \"ok\""],
    ['a status of Object', one({ status: 'constructor' }), 'must be one of passed, failed, errored, skipped'],
    ['a negative duration', one({ durationMs: -1 }), "'cases[0].durationMs' must be a number from 0, got -1"],
    ['a duration as text', one({ durationMs: '5' }), "'cases[0].durationMs' must be a number from 0, got \"5\""],
    ['a message that is no text', one({ message: {} }), "'cases[0].message' must be a text, got an object"],
    ['a name twice', { schemaVersion: 1, cases: [{ name: 'a', status: 'passed' }, { name: 'b', status: 'passed' }, { name: 'a', status: 'failed' }] }, "'cases[2].name' is that of 'cases[0]' too: \"a\"; give every case a name of its own"],
    ['too many cases', { schemaVersion: 1, cases: Array.from({ length: 10_001 }, () => 0) }, 'it has 10001 cases, and at most 10000 are read'],
    ['a megabyte too much', 'x'.repeat(1_048_575), 'it has 1048577 bytes, and at most 1048576 are read'],
  ])('%s is refused', (_, value, message) => {
    expect(() => read(value)).toThrow(message);
  });

  test.each<[string, Buffer, string]>([
    ['no bytes', Buffer.from(''), 'it is neither a result document nor JUnit XML: ""'],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22]), 'it is not valid UTF-8'],
    ['JSON that was cut', Buffer.from('{"schemaVersion":1,"cases":['), 'it is neither a result document nor JUnit XML: "{"schemaVersion":1,"cases":["'],
    ['JSON nested without end', Buffer.from('['.repeat(200_000)), 'it is neither a result document nor JUnit XML'],
  ])('%s: refused', (_, payload, message) => {
    expect(() => readResult(payload, parseXML)).toThrow(message);
  });
});

describe('JUnit XML', () => {
  test('of nested suites, with every status', () => {
    const xml = `\ufeff<?xml version="1.0" encoding="UTF-8"?>
      <!-- by hand -->
      <testsuites tests="6" failures="1" errors="1">
        <testsuite name="shop" tests="6">
          <testcase classname="shop.Pay" name="by card" time="0.25"/>
          <testcase classname="shop.Pay" name="by card" time="1,000.5"></testcase>
          <testcase name="ships"><failure message="no label" type="AssertionError">at line 7</failure></testcase>
          <testsuite name="inner"><testcase name="breaks"><error>out of &lt;memory&gt;</error><system-out><![CDATA[<!DOCTYPE html><failure/>]]></system-out></testcase></testsuite>
          <testcase name="gifts"><skipped/></testcase>
          <testcase name="wraps" status="notrun" time="x"/>
        </testsuite>
      </testsuites>`;
    expect(read(xml)).toEqual([
      { name: 'shop.Pay by card', status: 'passed', durationMs: 250 },
      { name: 'shop.Pay by card (2)', status: 'passed', durationMs: 1_000_500 },
      { name: 'ships', status: 'failed', message: 'no label' },
      { name: 'gifts', status: 'skipped' },
      { name: 'wraps', status: 'skipped' },
      { name: 'breaks', status: 'errored', message: 'out of <memory>' },
    ]);
  });

  test.each([
    ['<testsuite name="a"/>', []],
    ['<testsuites></testsuites>', []],
    ['<testsuite><testcase name="a b" classname="a"/></testsuite>', [{ name: 'a b', status: 'passed' }]],
    ['<testsuite><testcase name="a"><failure/><error/></testcase></testsuite>', [{ name: 'a', status: 'failed' }]],
    // An attribute of that name hides nothing.
    ['<testsuite><testcase name="a" failure=""/></testsuite>', [{ name: 'a', status: 'failed' }]],
    ['<testsuite><testcase name="a"><failure type="Timeout"/></testcase></testsuite>', [{ name: 'a', status: 'failed', message: 'Timeout' }]],
    ['<testsuite><testcase name="&#97;&quot;&undefined;"/></testsuite>', [{ name: 'a"', status: 'passed' }]],
  ])('%s', (xml, cases) => {
    expect(read(xml)).toEqual(cases);
  });

  test.each<[string, string, string]>([
    ['another document', '<html><body/></html>', "it is XML, but not one 'testsuites' or 'testsuite'"],
    ['text beside the suite', '<testsuite/>done', "it is XML, but not one 'testsuites' or 'testsuite'"],
    ['two documents', '<testsuite/><testsuite><testcase name="a"><failure/></testcase></testsuite>', "it is XML, but not one 'testsuites' or 'testsuite'"],
    ['two roots', '<testsuites/><testsuite/>', "it is XML, but not one 'testsuites' or 'testsuite'"],
    ['an end of ours', '<testsuite/></greenlight-results><x>', "it is XML with the element 'greenlight-results', which no test runner writes"],
    ['an unclosed tag', '<testsuite><testcase name="a">', 'it is XML that cannot be read'],
    ['mismatched tags', '<testsuite><testcase name="a"></testsuite></testcase>', 'it is XML that cannot be read'],
    ['an unclosed attribute', '<testsuite><testcase name="a/></testsuite>', 'it is XML that cannot be read'],
    ['an unclosed CDATA section', '<testsuite><![CDATA[</testsuite>', 'it is XML that cannot be read'],
    ['a bare angle bracket', '<', 'it is XML that cannot be read'],
    ['entities that grow', '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>', 'it is XML with a document type, whose definitions are not read; leave the DOCTYPE out'],
    ['an external entity', '<?xml version="1.0"?>\n<!doctype r SYSTEM "file:///etc/passwd"><testsuite/>', 'it is XML with a document type'],
    ['a document type further in', '<testsuite><!DOCTYPE a><testcase name="a"/></testsuite>', 'it is XML that cannot be read'],
    ['nesting without end', `${'<a>'.repeat(200_000)}`, 'it is XML that cannot be read'],
    ['suites nested too deep', `${'<testsuite>'.repeat(22)}${'</testsuite>'.repeat(22)}`, 'its test suites are nested more than 20 deep'],
    ['a case without a name', '<testsuite><testcase classname="a"/></testsuite>', "a 'testcase' has no name"],
    ['a case with an empty name', '<testsuite><testcase name=" "/></testsuite>', "a 'testcase' has no name"],
    ['cases that an attribute hides', '<testsuite testcase="x"><testcase name="a"><failure/></testcase></testsuite>', "a 'testcase' has no name"],
    ['fewer cases than it counts', '<testsuite name="shop" tests="3"><testcase name="a"/></testsuite>', 'test suite "shop" counts 3 tests, but shows 1'],
    ['failures that stand elsewhere', '<testsuite name="shop" failures="1" errors="1"><testcase name="a"><failure/></testcase></testsuite>', 'test suite "shop" counts 2 failures and errors, but shows 1'],
  ])('%s is refused', (_, xml, message) => {
    expect(() => read(xml)).toThrow(message);
  });

  test('of a megabyte is read in time', () => {
    const cases = Array.from({ length: 9_000 }, (__, index) => `<testcase classname="shop.Checkout${index}" name="pays with card ${index}" time="0.01"/>`).join('\n');
    expect(cpuMsOf(() => expect(read(`<testsuite>${cases}</testsuite>`)).toHaveLength(9_000))).toBeLessThan(2_000);
  });
});

describe('judgeCases', () => {
  const passed = (name: string): SuiteCase => ({ name, status: 'passed' });
  const bad = (name: string, message?: string, status: 'failed' | 'errored' = 'failed'): SuiteCase => ({ name, status, ...(message === undefined ? {} : { message }) });
  const skipped = (name: string): SuiteCase => ({ name, status: 'skipped' });
  const judge = (cases: readonly SuiteCase[], rule = {}) => judgeCases({ minCases: 1, allowSkipped: true, ...rule }, outcomeOfCases(cases), 'function suite, returned after 5 ms');

  test.each<[string, readonly SuiteCase[], object, string, string, number]>([
    ['all passed', [passed('a'), passed('b')], {}, 'pass', '2 cases passed (function suite, returned after 5 ms)', 2],
    ['as many as wanted', [passed('a'), passed('b')], { minCases: 2 }, 'pass', '2 cases passed', 2],
    ['one too few', [passed('a'), passed('b')], { minCases: 3 }, 'inconclusive', '2 cases run, expected at least 3', 2],
    ['one skipped too many', [passed('a'), skipped('b')], { minCases: 2 }, 'inconclusive', '1 case run (1 skipped), expected at least 2', 1],
    ['none', [], {}, 'inconclusive', 'no case was run, expected at least 1', 0],
    ['all skipped', [skipped('a'), skipped('b')], {}, 'inconclusive', 'no case was run (2 skipped), expected at least 1', 0],
    ['some skipped', [passed('a'), skipped('b')], {}, 'pass', '1 case passed, 1 skipped', 1],
    ['some skipped where none may be', [passed('a'), skipped('b')], { allowSkipped: false }, 'inconclusive', '1 case skipped, expected none', 1],
    ['one failed', [passed('a'), bad('pays', 'no card')], {}, 'fail', '1 of 2 cases did not pass: pays: "no card" (function', 2],
    ['one failed among too few', [bad('pays')], { minCases: 9 }, 'fail', '1 of 1 case did not pass: pays (function', 1],
    ['errored ones', [bad('b', 'oops', 'errored'), bad('a')], {}, 'fail', '2 of 2 cases did not pass (1 of them errored): a; b: "oops"', 2],
    ['many failed', ['a', 'b', 'c', 'd', 'e'].map((name) => bad(name)), {}, 'fail', '5 of 5 cases did not pass: a; b; c; and 2 more', 5],
  ])('%s', (_, cases, rule, outcome, reason, samples) => {
    const measurement = judge(cases, rule);
    expect([measurement.outcome, measurement.samples]).toEqual([outcome, samples]);
    expect(measurement.reason).toContain(reason);
  });

  test('says what was measured and what was asked for', () => {
    expect(judge([passed('a'), bad('b'), skipped('c')], { minCases: 2, allowSkipped: false }).measurements).toEqual([
      { what: 'cases that did not pass', measured: 1, threshold: 0, ok: false },
      { what: 'cases that were run', measured: 2, threshold: 2, ok: true },
      { what: 'skipped cases', measured: 1, threshold: 0, ok: false },
    ]);
  });

  test('lists a hundred cases, those that did not pass first, and cuts what is long', () => {
    const { cases, reason } = judge([...Array.from({ length: 150 }, (_, index) => passed(`p${index}`)), skipped('s'), bad('x'.repeat(1000), 'y'.repeat(1_000_000)), bad('z', 'oops', 'errored')]);
    expect([cases?.listed.length, cases?.leftOut]).toEqual([100, 53]);
    expect(cases?.listed.slice(0, 4).map(({ name, status, message }) => [name.length, status, message?.length])).toEqual([
      [200, 'failed', 300],
      [1, 'errored', 4],
      [1, 'skipped', undefined],
      [2, 'passed', undefined],
    ]);
    expect(reason.length).toBeLessThanOrEqual(1000);
  });
});
