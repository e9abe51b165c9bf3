/** The stacks of the assembly, all deployed before anything is played. */
import type { Assembly } from '../assembly/assembly';
import { sameEnvironment, type Stack } from '../assembly/stack';
import { Stacks } from '../engine/stacks';

export function stagedStacks(assembly: Assembly, stack: Stack): Stacks {
  return new Stacks(
    assembly.stacks
      .filter((other) => sameEnvironment(other, stack))
      .map((other) => ({ stackName: other.stackName, stackId: assembly.text(other, { Ref: 'AWS::StackId' }), status: 'CREATE_COMPLETE', createdAt: 0 })),
  );
}
