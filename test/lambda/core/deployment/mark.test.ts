import { descriptionOf, markOf, readMark, stackName } from '../../../../lambda/core/deployment/mark';
import { request, STACK } from '../../support/deployment-requests';

const MARK = { resource: '97ca13790a6831c7', request: 'a430d3577aa3cf75' };

test('a description says what it is, and ends with the mark', () => {
  const description = descriptionOf(request('Update'));
  expect(description).toBe(`Update of WebDeployment in stack App-Web (cdk-greenlight:${MARK.resource}:${MARK.request})`);
  expect(readMark(description)).toEqual(MARK);
  expect(markOf(request('Update'))).toEqual(MARK);
});

test('marks are of stack, resource and request', () => {
  const marks = [{}, { RequestId: 'request-2' }, { LogicalResourceId: 'Other' }, { StackId: `${STACK}2` }].map((more) => markOf(request('Update', more)));
  expect(new Set(marks.map(({ request: own }) => own)).size).toBe(4);
  expect(new Set(marks.map(({ resource }) => resource)).size).toBe(3);
  expect(marks[0]?.resource).toBe(marks[1]?.resource);
  expect(markOf(request('Create'))).toEqual(MARK);
});

test('a description has at most 256 characters, the mark whole', () => {
  const description = descriptionOf(request('Update', { LogicalResourceId: 'L'.repeat(255) }));
  expect(description).toHaveLength(256);
  expect(description).toMatch(/^Update of L+… \(cdk-greenlight:[0-9a-f]{16}:[0-9a-f]{16}\)$/);
  expect(readMark(description)).toEqual(markOf(request('Update', { LogicalResourceId: 'L'.repeat(255) })));
});

test.each([
  [undefined],
  [''],
  ['by hand'],
  [`(cdk-greenlight:${MARK.resource}:${MARK.request}) again`],
  [`(cdk-greenlight:${MARK.resource})`],
  [`(cdk-greenlight:${MARK.resource}0:${MARK.request})`],
  [`(cdk-greenlight:${MARK.resource}:${MARK.request}0)`],
  [`(cdk-greenlight:${MARK.resource.toUpperCase()}:${MARK.request})`],
])('no mark is in %j', (description) => {
  expect(readMark(description)).toBeUndefined();
});

test.each([
  [STACK, 'App-Web'],
  ['App-Web', 'App-Web'],
])('the name of stack %s is %s', (id, name) => {
  expect(stackName(id)).toBe(name);
});
