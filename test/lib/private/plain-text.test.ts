import { plainText } from '../../../lib/private/plain-text';

describe('plainText', () => {
  test.each([
    ['Hook AfterInstall of rollout Shop/Web: plays 2 checks', 'Hook AfterInstall of rollout Shop/Web: plays 2 checks'],
    ["Bestellübersicht €'*|", 'Bestell_bersicht __*_'],
    ['x'.repeat(255), 'x'.repeat(255)],
    ['x'.repeat(256), `${'x'.repeat(252)}...`],
  ])('makes of %s what every description takes', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });
});
