import { readJsonDocument } from '../../../rehearsal/documents/json-document';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('readJsonDocument', () => {
  test('gives the value, and the line of each part of it', () => {
    const document = readJsonDocument(bytes('{\n  "a": [\n    1,\n    { "b": "é" }\n  ],\r\n  "7":\n    {}\n}\n'));
    if (!('value' in document)) {
      throw new Error('not read');
    }
    expect(document.value).toEqual({ a: [1, { b: 'é' }], 7: {} });
    const line = (...path: (string | number)[]) => document.lineOf(path);
    expect([line(), line('a'), line('a', 0), line('a', '1'), line('a', 1, 'b'), line('7')]).toEqual([1, 2, 3, 4, 4, 6]);
    // What is not there would stand in what is.
    expect([line('x'), line('a', 1, 'x'), line('a', 9), line('7', 'x', 'y')]).toEqual([1, 4, 2, 7]);
  });

  test.each<[string, string, number, string]>([
    ['nothing', '', 1, 'not JSON: the file is empty'],
    ['blanks', ' \n ', 2, 'not JSON: the file is empty'],
    ['a comma after the last entry', '{\n"a": 1,\n}', 3, 'not JSON: a key in double quotes must stand here; a comma after the last entry is none of JSON'],
    ['a comma after the last value', '[1,\n]', 2, 'not JSON: a value must stand here; a comma after the last entry is none of JSON'],
    ['no comma', '{"a": 1\n"b": 2}', 2, 'not JSON: a comma must stand here, between two entries'],
    ['no colon', '{"a"\n1}', 2, 'not JSON: a colon must stand here, between the key and its value'],
    ['no end', '{"a": [1', 1, 'not JSON: a closing bracket must stand here'],
    ['no closing brace', '{"a": 1\n\n', 3, 'not JSON: a closing brace must stand here'],
    ['two documents', '{}\n{}', 2, 'not JSON: the document has ended, and something follows it'],
    ['a comment', '{\n// why\n}', 2, 'not JSON: JSON has no comments; remove it'],
    ['single quotes', "{\n'a': 1}", 2, 'not JSON: this is no value; texts stand in double quotes'],
    ['a word', '[\nyes]', 2, 'not JSON: this is no value; texts stand in double quotes'],
    ['an open text', '["a\n"]', 1, 'not JSON: this text has no closing quote on its line'],
    ['a tab in a text', '["a\tb"]', 1, 'not JSON: a control character must be written as an escape, such as \\n'],
    ['an unknown escape', '["\\x"]', 1, 'not JSON: this escape is none of JSON; a backslash is written twice'],
    ['half an escape', '["\\u12"]', 1, 'not JSON: an escape \\u must have four hexadecimal digits'],
    ['a number that ends early', '[\n1.]', 2, 'not JSON: this number has no digits where they must stand'],
    ['a leading zero', '[01]', 1, 'not JSON: a comma must stand here, between two entries'],
    ['a key that is there twice', '{"a": {\n"b": 1,\n"b": 2}}', 3, 'the key "b" stands here for the second time; keep one'],
    ['a byte order mark', '\ufeff{}', 1, 'a byte order mark stands before the document; save the file as UTF-8 without one'],
    ['a hundred thousand lists', '['.repeat(100_000), 1, 'values are nested too deeply in each other'],
  ])('says where there is %s', (_, text, line, message) => {
    expect(readJsonDocument(bytes(text))).toEqual([{ line, message }]);
  });

  test.each([
    ['in the middle', [0x7b, 0x0a, 0x0a, 0x22, 0xff, 0x22, 0x0a, 0x7d], 3],
    ['at once', [0xff, 0x0a], 1],
    ['at the end, where a character is cut', [0x5b, 0x0a, 0xc3], 2],
    ['after characters of several bytes', [0xc3, 0xa9, 0x0a, 0xe2, 0x82, 0xac, 0x0a, 0xc0, 0x0a], 3],
  ])('says where a byte is no UTF-8: %s', (_, raw, line) => {
    expect(readJsonDocument(Uint8Array.from(raw))).toEqual([{ line, message: 'this is not UTF-8; save the file in that encoding' }]);
  });
});
