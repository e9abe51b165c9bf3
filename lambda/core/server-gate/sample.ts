/** Which instances of a fleet are checked where there are more than can be. */
import type { InstanceFacts } from './ports';

type Placed = Pick<InstanceFacts, 'id' | 'zone'>;

/** At most so many, from every zone in turn; the same ones whenever the fleet is the same. */
export function sampleOf<T extends Placed>(instances: readonly T[], most: number): readonly T[] {
  const byId = [...instances].sort((a, b) => compare(a.id, b.id));
  if (byId.length <= most) {
    return byId;
  }
  const zones = [...new Set(byId.map(zoneOf))].sort(compare);
  const rows = zones.map((zone) => byId.filter((instance) => zoneOf(instance) === zone));
  const longest = Math.max(...rows.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, place) => rows.flatMap((row) => row.slice(place, place + 1))).flat();
  return inTurn.slice(0, most);
}

const zoneOf = ({ zone = '' }: Placed): string => zone;

const compare = (a: string, b: string): number => (a < b ? -1 : 1);
