/**
 * What deployment configurations mean for fleets of 1 to 20 instances, worked out by hand from the user guide, and with no formula: in each cell the instances that are
 * deployed to at a time, and those to which it must succeed. `-` fails at once.
 */
import type { MinimumHealthyHosts } from '../../../../lib/model/server/healthy-hosts';

const CONFIGURATIONS: readonly (readonly [name: string, minimum: MinimumHealthyHosts])[] = [
  ['OneAtATime', { type: 'MOST_CONCURRENCY', value: 1 }],
  ['HalfAtATime', { type: 'FLEET_PERCENT', value: 50 }],
  ['AllAtOnce', { type: 'HOST_COUNT', value: 0 }],
  ['HOST_COUNT 1', { type: 'HOST_COUNT', value: 1 }],
  ['HOST_COUNT 6', { type: 'HOST_COUNT', value: 6 }],
  ['HOST_COUNT 9', { type: 'HOST_COUNT', value: 9 }],
  ['FLEET_PERCENT 0', { type: 'FLEET_PERCENT', value: 0 }],
  ['FLEET_PERCENT 1', { type: 'FLEET_PERCENT', value: 1 }],
  ['FLEET_PERCENT 40', { type: 'FLEET_PERCENT', value: 40 }],
  ['FLEET_PERCENT 75', { type: 'FLEET_PERCENT', value: 75 }],
  ['FLEET_PERCENT 95', { type: 'FLEET_PERCENT', value: 95 }],
  ['FLEET_PERCENT 99', { type: 'FLEET_PERCENT', value: 99 }],
];

const TABLE = `
       One   Half   All    count 1  count 6  count 9  0 %    1 %    40 %   75 %   95 %   99 %
  1    1/1   -      1/1    -        -        -        1/1    -      -      -      -      -
  2    1/1   1/1    2/1    1/1      -        -        2/1    1/1    1/1    -      -      -
  3    1/2   1/2    3/1    2/1      -        -        3/1    2/1    1/2    -      -      -
  4    1/3   2/2    4/1    3/1      -        -        4/1    3/1    2/2    1/3    -      -
  5    1/4   2/3    5/1    4/1      -        -        5/1    4/1    3/2    1/4    -      -
  6    1/5   3/3    6/1    5/1      -        -        6/1    5/1    3/3    1/5    -      -
  7    1/6   3/4    7/1    6/1      1/6      -        7/1    6/1    4/3    1/6    -      -
  8    1/7   4/4    8/1    7/1      2/6      -        8/1    7/1    4/4    2/6    -      -
  9    1/8   4/5    9/1    8/1      3/6      -        9/1    8/1    5/4    2/7    -      -
  10   1/9   5/5    10/1   9/1      4/6      1/9      10/1   9/1    6/4    2/8    -      -
  11   1/10  5/6    11/1   10/1     5/6      2/9      11/1   10/1   6/5    2/9    -      -
  12   1/11  6/6    12/1   11/1     6/6      3/9      12/1   11/1   7/5    3/9    -      -
  13   1/12  6/7    13/1   12/1     7/6      4/9      13/1   12/1   7/6    3/10   -      -
  14   1/13  7/7    14/1   13/1     8/6      5/9      14/1   13/1   8/6    3/11   -      -
  15   1/14  7/8    15/1   14/1     9/6      6/9      15/1   14/1   9/6    3/12   -      -
  16   1/15  8/8    16/1   15/1     10/6     7/9      16/1   15/1   9/7    4/12   -      -
  17   1/16  8/9    17/1   16/1     11/6     8/9      17/1   16/1   10/7   4/13   -      -
  18   1/17  9/9    18/1   17/1     12/6     9/9      18/1   17/1   10/8   4/14   -      -
  19   1/18  9/10   19/1   18/1     13/6     10/9     19/1   18/1   11/8   4/15   -      -
  20   1/19  10/10  20/1   19/1     14/6     11/9     20/1   19/1   12/8   5/15   1/19   -
`;

export interface Cell {
  readonly instances: number;
  readonly configuration: string;
  readonly minimum: MinimumHealthyHosts;
  /** Absent: the deployment fails at once. */
  readonly works?: { readonly atATime: number; readonly mustSucceed: number };
}

export const CELLS: readonly Cell[] = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/))
  .flatMap(([instances, ...cells]) =>
    cells.map((cell, index) => {
      const [configuration, minimum] = CONFIGURATIONS[index];
      const [atATime, mustSucceed] = cell.split('/').map(Number);
      return { instances: Number(instances), configuration, minimum, ...(cell === '-' ? {} : { works: { atATime, mustSucceed } }) };
    }),
  );
