import { decodeCbor, encodeCbor } from '../../../rehearsal/endpoints/cbor';
import { fc } from '../../support/properties';

const PROTO = Buffer.from('__proto__').toString('hex');

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('what is read', () => {
  test.each<[string, string, unknown]>([
    ['a time in whole seconds', 'c11a514b67b0', new Date('2013-03-21T20:04:00Z')],
    ['a time in parts of a second', 'c1fb41d452d9ec200000', new Date('2013-03-21T20:04:00.5Z')],
    ['a time whose tag is written long', 'd8011a514b67b0', new Date('2013-03-21T20:04:00Z')],
    ['times in lists and maps', 'a1616181c100', { a: [new Date(0)] }],
    ['a tag that means nothing here', 'd9d9f7a0', {}],
    ['a number beyond 53 bits', '1bffffffffffffffff', 2 ** 64],
    ['a number below 53 bits', '3bffffffffffffffff', -(2 ** 64)],
    ['a list and a map of open length', 'bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['bytes in pieces', '5f42010243030405ff', Buffer.of(1, 2, 3, 4, 5)],
    ['a text in pieces', '7f657374726561646d696e67ff', 'streaming'],
    ['sixty-four lists in each other', '81'.repeat(64) + '00', JSON.parse('['.repeat(64) + '0' + ']'.repeat(64))],
    ['a list with a length of eight bytes', '9b000000000000000201f6', [1, null]],
    ['a text __proto__ that is no key', 'a1616169' + PROTO, { a: '__proto__' }],
    ['a text behind a map', '82a0' + '62c3bc', [{}, 'ü']],
  ])('%s', (_what, hex, value) => {
    expect(decodeCbor(bytes(hex))).toEqual(value);
  });

  test('a part of a larger buffer', () => {
    expect(decodeCbor(bytes('ffff8201c100ffff').subarray(2, 6))).toEqual([1, new Date(0)]);
  });
});

describe('what is written', () => {
  test.each<[string, unknown, string]>([
    ['no member that is undefined', { a: 1, gone: undefined, b: [true, undefined] }, 'a26161016162' + '82f5f6'],
    ['nothing as null', undefined, 'f6'],
    ['a time', { at: new Date('2013-03-21T20:04:00.5Z') }, 'a1626174' + 'c1fb41d452d9ec200000'],
    ['bytes', Buffer.of(1, 2), '420102'],
  ])('%s', (_what, value, hex) => {
    expect(Buffer.from(encodeCbor(value)).toString('hex')).toBe(hex);
  });

  test('comes back as it was', () => {
    const value = fc.jsonValue({ maxDepth: 8, noUnicodeString: false });
    fc.assert(
      fc.property(value, (json) => {
        fc.pre(!JSON.stringify(json).includes('"__proto__":'));
        // JSON has no negative zero either.
        expect(decodeCbor(encodeCbor(json))).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
  });
});

describe('fails before memory, stack or time are spent on', () => {
  test.each([
    ['a list of four billion', '9affffffff', 'CBOR ends in the middle of a value'],
    ['lists of thirty-three million in each other', '9a01ffffff'.repeat(4), 'CBOR ends in the middle of a value'],
    ['a list longer than numbers go', '9bffffffffffffffff', 'CBOR ends in the middle of a value'],
    ['a map of four billion', 'baffffffff', 'CBOR ends in the middle of a value'],
    ['a text longer than the body', '7bffffffffffffffff', 'CBOR ends in the middle of a value'],
    ['bytes longer than the body', '5a7fffffff00', 'CBOR ends in the middle of a value'],
    ['sixty-five lists in each other', '81'.repeat(65) + '00', 'CBOR is nested deeper than 64'],
    ['a hundred thousand lists in each other', '81'.repeat(100_000), 'CBOR is nested deeper than 64'],
    ['a hundred thousand open lists in each other', '9f'.repeat(100_000), 'CBOR is nested deeper than 64'],
    ['a hundred thousand maps in each other', 'a160'.repeat(100_000), 'CBOR is nested deeper than 64'],
    ['a hundred thousand tags in each other', 'c1'.repeat(100_000), 'CBOR is nested deeper than 64'],
    ['a number of two hundred thousand bytes', 'c25a00030d40' + 'ff'.repeat(200_000), 'CBOR tag 2 is not supported'],
    ['a negative number of any size', 'd803' + '4101', 'CBOR tag 3 is not supported'],
    ['a decimal with a hundred million digits', 'c4821a0800000001', 'CBOR tag 4 is not supported'],
    ['lists behind a key that is no text', 'a1459a01ffffff00', 'a key of a CBOR map is no text'],
  ])('%s', (_what, hex, message) => {
    expect(() => decodeCbor(bytes(hex))).toThrow(message);
  });
});

describe('fails when the bytes are not one value', () => {
  test.each([
    ['nothing', '', 'CBOR ends in the middle of a value'],
    ['two values', '0000', 'there must be exactly one CBOR value'],
    ['a break alone', 'ff', 'unexpected minor value 31'],
    ['a break in a list of known length', '82ff00', 'unexpected minor value 31'],
    ['a break after a tag', '9fc1ff00ff', 'unexpected minor value 31'],
    ['a short text', '62c3', 'CBOR ends in the middle of a value'],
    ['a short length', '1900', 'CBOR ends in the middle of a value'],
    ['a short fraction', 'fb3ff199', 'CBOR ends in the middle of a value'],
    ['an open list', '9f01', 'CBOR ends in the middle of a value'],
    ['a number as a key', 'a10101', 'a key of a CBOR map is no text'],
    ['a time as the prototype of a map', 'a169' + PROTO + 'c100', 'a CBOR map has the key __proto__'],
    ['a number as the prototype of an inner map', '81a2616100' + '7809' + PROTO + '00', 'a CBOR map has the key __proto__'],
    ['a key in pieces', 'a17f6161ff01', 'unexpected minor value 31'],
    ['a map that ends after a key', 'bf6161ff', 'unexpected minor value 31'],
    ['a text with bytes as a piece', '7f4161ff', 'unexpected major type 2 in indefinite string'],
    ['a reserved length', '1c', 'CBOR length code 28 is reserved'],
    ['a number of open length', '1f', 'unexpected minor value 31'],
    ['a text as a time', 'c16161', 'a CBOR time must be a number of seconds'],
    ['no number as a time', 'c1f97e00', 'a CBOR time must be a number of seconds'],
    ['an unknown simple value', 'f0', 'unexpected minor value 16'],
  ])('%s', (_what, hex, message) => {
    expect(() => decodeCbor(bytes(hex))).toThrow(message);
  });

  test('any bytes are either read or a SyntaxError', () => {
    // Heads of lists, maps, tags, texts and breaks come more often than by chance.
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0x5f, 0x61, 0x7f, 0x81, 0x9a, 0x9f, 0xa1, 0xbf, 0xc1, 0xc2, 0xd8, 0xff));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), (message) => {
        try {
          decodeCbor(Buffer.from(message));
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
