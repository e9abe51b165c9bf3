import { lastWords } from '../../../lambda/core/log-tail';

describe('lastWords', () => {
  test.each([
    ['', ''],
    ['START RequestId: 1 Version: 7\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 5 ms\n', ''],
    ['{"time":"t","type":"platform.start","record":{}}\n{"message":"no stock"}\n', '; its log ends: "{"message":"no stock"}"'],
    ['2026-01-05T09:00:00.000Z\t8f5d0\tERROR\tno stock\r\n\r\n', '; its log ends: "no stock"'],
    ['2026-01-05T09:00:00.000Z\t8f5d0\tERROR\tInvoke Error \t{"errorType":"E"}\n', ''],
    ['one\ntwo\nthree\nfour\n', '; its log ends: "two", "three", "four"'],
    ['Startling\nENDED', '; its log ends: "Startling", "ENDED"'],
    [`${'x'.repeat(500)}\u0007`, `; its log ends: "${'x'.repeat(149)}…"`],
  ])('of %j', (log, words) => {
    expect(lastWords(log)).toBe(words);
  });
});
