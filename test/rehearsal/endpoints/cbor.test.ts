import { decodeCbor, encodeCbor } from '../../../rehearsal/endpoints/cbor';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('examples of RFC 8949, appendix A', () => {
  test.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3863', -100],
    ['f90000', 0],
    ['f93c00', 1],
    ['f93e00', 1.5],
    ['f97bff', 65504],
    ['f90001', 5.960464477539063e-8],
    ['f9c400', -4],
    ['fa47c35000', 100000],
    ['fb3ff199999999999a', 1.1],
    ['f97c00', Infinity],
    ['f97e00', Number.NaN],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', null],
    ['c11a514b67b0', new Date('2013-03-21T20:04:00Z')],
    ['c1fb41d452d9ec200000', new Date('2013-03-21T20:04:00.5Z')],
    ['4401020304', Buffer.of(1, 2, 3, 4)],
    ['60', ''],
    ['62c3bc', 'ü'],
    ['80', []],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', {}],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['5f42010243030405ff', Buffer.of(1, 2, 3, 4, 5)],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ])('%s', (hex, value) => {
    expect(decodeCbor(bytes(hex))).toEqual(value);
  });
});

describe('what is written', () => {
  test.each<[unknown, string]>([
    [{ a: 1, gone: undefined, b: [true, null] }, 'a26161016162' + '82f5f6'],
    [-100, '3a00000063'],
    [1.1, 'fb3ff199999999999a'],
    [new Date('2013-03-21T20:04:00.5Z'), 'c1fb41d452d9ec200000'],
    [Buffer.of(1, 2), '420102'],
  ])('%p', (value, hex) => {
    expect(encodeCbor(value).toString('hex')).toBe(hex);
  });

  test('numbers beyond 32 bits come back', () => {
    expect(decodeCbor(encodeCbor([1_000_000_000_000, -1_000_000_000_000, -0.5]))).toEqual([1_000_000_000_000, -1_000_000_000_000, -0.5]);
  });
});

describe('fails when the bytes are not one value', () => {
  test.each([
    ['nothing', '', 'CBOR ends in the middle of a value'],
    ['two values', '0000', 'there must be exactly one CBOR value'],
    ['a break alone', 'ff', 'there must be exactly one CBOR value'],
    ['a short text', '62c3', 'CBOR ends in the middle of a value'],
    ['a list of four billion', '9affffffff', 'a CBOR length is larger than what follows'],
    ['a number as a key', 'a10101', 'a part of a CBOR text is no text'],
    ['a map that ends after a key', 'bf6161ff', 'a CBOR map ends after a key'],
    ['a reserved length', '1c', 'CBOR length code 28 is reserved'],
    ['a number of indefinite length', '1f', 'a CBOR number has no indefinite length'],
    ['a text as a time', 'c16161', 'a CBOR time must be a number of seconds'],
    ['an unknown simple value', 'f0', 'CBOR simple value 16 is not supported'],
    ['a hundred lists in each other', '81'.repeat(100), 'CBOR is nested deeper than 64'],
  ])('%s', (_what, hex, message) => {
    expect(() => decodeCbor(bytes(hex))).toThrow(message);
  });
});
