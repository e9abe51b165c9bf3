import { refuseLocalAddresses } from '../../../lambda/adapters/address-policy';

describe('refuseLocalAddresses', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['169.254.0.0', 'link-local'],
    ['169.254.255.255', 'link-local'],
    ['::ffff:169.254.170.2', 'link-local'],
    ['64:ff9b::a9fe:a9fe', 'link-local'],
    ['64:ff9b:1::a9fe:a9fe', 'link-local'],
    ['::ffff:0:169.254.169.254', 'link-local'],
    ['2002:a9fe:a9fe::1', 'link-local'],
    ['2002:7f00:1::', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['::ffff:0.0.0.0', 'unspecified'],
    ['fd00:ec2::254', 'instance metadata'],
  ])('refuses %s as %s', (address, why) => {
    expect(refuseLocalAddresses(address)).toBe(why);
  });

  test.each(['10.0.0.1', '172.16.5.4', '192.168.1.1', '169.253.255.255', '169.255.0.0', '126.255.255.255', '128.0.0.1', '8.8.8.8', '2001:db8::1', 'fd12:3456::1', 'fec0::1', '::ffff:10.0.0.1', '64:ff9b::a00:1'])(
    'lets %s through',
    (address) => {
      expect(refuseLocalAddresses(address)).toBeUndefined();
    },
  );
});
