import { fill, piecesOf, referencesIn, valueOf } from '../../../../lambda/core/checks/templates';

test.each([
  ['no reference', [{ text: 'no reference' }]],
  ['', []],
  ['{{id}}', [{ name: 'id' }]],
  ['a{{ id }}b{{other}}', [{ text: 'a' }, { name: 'id' }, { text: 'b' }, { name: 'other' }]],
  ['{{{{id}}', [{ text: '{{' }, { text: 'id}}' }]],
  ['a } b { c', [{ text: 'a } b { c' }]],
])('%j is read as %j', (template, pieces) => {
  expect(piecesOf(template)).toEqual(pieces);
});

test.each([
  ['a{{b', `the text "a{{b" begins a reference by '{{' that does not end; write {{name}}, or {{{{ for the characters {{`],
  ['{{}}', `the text "{{}}" refers to '{{}}', which is no name; write {{name}}, or {{{{ for the characters {{`],
  ['{{a b}}', `the text "{{a b}}" refers to '{{a b}}', which is no name`],
])('%j is refused', (template, message) => {
  expect(() => piecesOf(template)).toThrow(message);
});

describe('values', () => {
  test('take the places of their references, and are never searched for others', () => {
    expect(fill('/orders/{{id}}?t={{token}}', { id: '{{token}}', token: 'a b' })).toBe('/orders/{{token}}?t=a b');
    expect(fill('{{id}}-{{id}}', { id: 'a b' }, encodeURIComponent)).toBe('a%20b-a%20b');
    expect(referencesIn('/{{id}}/{{{{x}}/{{token}}')).toEqual(['id', 'token']);
  });

  test.each<[Readonly<Record<string, string>>, string]>([
    [{ id: '1', token: 'x' }, 'there is id, token'],
    [{}, 'there is none'],
  ])('of %j an unknown one is told', (values, known) => {
    expect(() => valueOf('toString', values)).toThrow(`{{toString}} is no value of the check, and nothing before has captured it; ${known}`);
  });
});
