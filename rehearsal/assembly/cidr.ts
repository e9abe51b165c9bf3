/** Blocks of `2^bits` addresses cut from an IPv4 block, in order; undefined for anything else, such as IPv6. */
export function cidrBlocks(block: string, count: number, bits: number): string[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block)?.slice(1).map(Number);
  if (parts === undefined || !(count >= 1 && count <= 256) || !(bits >= 1 && bits <= 32)) {
    return undefined;
  }
  const first = parts.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0);
  return Array.from({ length: count }, (_, index) => {
    const address = first + index * 2 ** bits;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${32 - bits}`;
  });
}
