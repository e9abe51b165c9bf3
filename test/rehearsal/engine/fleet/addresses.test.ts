import { privateAddressOf } from '../../../../rehearsal/engine/fleet/addresses';

test.each([
  [0, '10.0.0.4'],
  [250, '10.0.0.254'],
  [251, '10.0.1.4'],
  [64_255, '10.0.255.254'],
  [64_256, '10.1.0.4'],
  [4_112_383, '10.63.255.254'],
])('instance %d is at %s', (index, address) => {
  expect(privateAddressOf({ index, platform: 'ec2' })).toBe(address);
});

test('no two instances of a fleet are at the same address', () => {
  const addresses = Array.from({ length: 10_000 }, (_, index) => privateAddressOf({ index, platform: 'ec2' }));
  expect(new Set(addresses).size).toBe(10_000);
});

test('EC2 knows no instance on premises', () => {
  expect(privateAddressOf({ index: 0, platform: 'onPremises' })).toBeUndefined();
});

test('there is an end to the addresses', () => {
  expect(() => privateAddressOf({ index: 4_112_384, platform: 'ec2' })).toThrow('instance 4112384 has no address: there are 4112384 in 10.0.0.0/10');
});
