import type { ServerRevision } from '../../../../lambda/core/deployment/server-revision';
import { readRevision, sameBundle, serverRevision, wordsOf } from '../../../../lambda/core/deployment/server-revision';

const object = (more: object = {}): ServerRevision => ({ revisionType: 'S3', s3Location: { bucket: 'releases', key: 'one.zip', ...more } });
const commit = (repository: string, commitId: string): ServerRevision => ({ revisionType: 'GitHub', gitHubLocation: { repository, commitId } });

test.each<[string, unknown, ServerRevision | undefined]>([
  ['an object', { revisionType: 'S3', s3Location: { bucket: 'releases', key: 'one.zip' } }, object()],
  [
    'an object with all that it may have, and more',
    { revisionType: 'S3', s3Location: { bucket: 'releases', key: 'one.zip', bundleType: 'tgz', version: 'v1', eTag: 'e1', other: 'x' }, other: 1 },
    object({ bundleType: 'tgz', version: 'v1', eTag: 'e1' }),
  ],
  ['an object without what is empty', { revisionType: 'S3', s3Location: { bucket: 'releases', key: 'one.zip', version: '', eTag: null } }, object()],
  ['a commit', { revisionType: 'GitHub', gitHubLocation: { repository: 'o/r', commitId: 'c0ffee', other: 'x' } }, commit('o/r', 'c0ffee')],
  ['an object without a bucket', { revisionType: 'S3', s3Location: { key: 'one.zip' } }, undefined],
  ['an object without a key', { revisionType: 'S3', s3Location: { bucket: 'releases', key: '' } }, undefined],
  ['an object of another type', { revisionType: 'String', s3Location: { bucket: 'releases', key: 'one.zip' } }, undefined],
  ['a commit without a repository', { revisionType: 'GitHub', gitHubLocation: { commitId: 'c0ffee' } }, undefined],
  ['a commit without its id', { revisionType: 'GitHub', gitHubLocation: { repository: 'o/r' } }, undefined],
  ['a commit of another type', { revisionType: 'S3', gitHubLocation: { repository: 'o/r', commitId: 'c0ffee' } }, undefined],
  ['an AppSpec', { revisionType: 'AppSpecContent', appSpecContent: { content: '{}' } }, undefined],
  ['nothing', undefined, undefined],
  ['null', null, undefined],
])('is read from %s', (_what, value, expected) => {
  expect(serverRevision(value)).toEqual(expected);
  expect(value === undefined ? undefined : readRevision(JSON.stringify(value))).toEqual(expected);
});

test('is not read from what is no JSON', () => {
  expect(readRevision('{')).toBeUndefined();
});

test.each<[boolean, string, ServerRevision, ServerRevision]>([
  [true, 'bucket and key', object(), object()],
  [true, 'whatever the type of the bundle', object({ bundleType: 'zip' }), object({ bundleType: 'tar' })],
  [false, 'another bucket', object(), object({ bucket: 'others' })],
  [false, 'another key', object(), object({ key: 'two.zip' })],
  [true, 'the same version', object({ version: 'v1' }), object({ version: 'v1' })],
  [false, 'another version', object({ version: 'v1' }), object({ version: 'v2' })],
  [true, 'a version that only one says', object({ version: 'v1' }), object()],
  [true, 'a version that only the other says', object(), object({ version: 'v1' })],
  [true, 'the same ETag, in quotation marks or not', object({ eTag: '"e1"' }), object({ eTag: 'e1' })],
  [false, 'another ETag', object({ eTag: 'e1' }), object({ eTag: 'e2' })],
  [true, 'an ETag that only one says', object({ eTag: 'e1' }), object()],
  [false, 'another ETag of the same version', object({ version: 'v1', eTag: 'e1' }), object({ version: 'v1', eTag: 'e2' })],
  [false, 'quotation marks within', object({ eTag: 'e"1' }), object({ eTag: 'e1' })],
  [true, 'repository and commit', commit('o/r', 'c0ffee'), commit('o/r', 'c0ffee')],
  [false, 'another repository', commit('o/r', 'c0ffee'), commit('o/s', 'c0ffee')],
  [false, 'another commit', commit('o/r', 'c0ffee'), commit('o/r', 'decade')],
  [false, 'a commit and an object', commit('o/r', 'c0ffee'), object()],
  [false, 'an object and a commit', object(), commit('o/r', 'c0ffee')],
])('are the same: %s: %s', (same, _what, one, other) => {
  expect(sameBundle(one, other)).toBe(same);
});

test.each<[ServerRevision, string]>([
  [object(), 's3://releases/one.zip'],
  [object({ version: 'v1', eTag: 'e1' }), 's3://releases/one.zip in version v1'],
  [commit('o/r', 'c0ffee'), 'commit c0ffee of o/r'],
  [object({ key: 'k'.repeat(400) }), `s3://releases/${'k'.repeat(285)}…`],
  [commit('o/r', 'c'.repeat(400)), `commit ${'c'.repeat(292)}…`],
])('has words', (revision, words) => {
  expect(wordsOf(revision)).toBe(words);
});
