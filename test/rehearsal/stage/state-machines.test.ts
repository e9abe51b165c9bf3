/** State machines of a template on the stage: whom they may call, what they are told of a failure, and which ones are not played. */
import { edited, idsOf } from '../../../rehearsal/cloudformation/edits';
import { Assembly } from '../../../rehearsal/assembly/assembly';
import type { Stack } from '../../../rehearsal/assembly/stack';
import { stateMachineNamed } from '../../../rehearsal/assembly/state-machines';
import { ReplayStage, synthesized } from '../cloudformation/stage';

const shop = synthesized();
afterAll(() => shop.remove());

const MACHINE = 'AWS::StepFunctions::StateMachine';

/** The same assembly with another template for the stack. */
async function opened(edit: (stack: Stack) => Stack): Promise<ReplayStage> {
  const stack = edit(shop.rollout.stack);
  const stacks = shop.assembly.stacks.map((other) => (other.id === stack.id ? stack : other));
  return ReplayStage.open({ assembly: new Assembly(shop.assembly.directory, stacks), rollout: { ...shop.rollout, stack } });
}

test('SF-4: without the permission of its role a state machine calls nobody', async () => {
  const s = await opened((stack) => {
    const [policy] = idsOf(stack, 'AWS::IAM::Policy').filter((id) => id.startsWith('GreenlightDeploymentsMachineRole'));
    return edited(stack, policy, (properties) => ({ ...properties, PolicyDocument: { Version: '2012-10-17', Statement: [] } }));
  });
  try {
    await s.replay.play(s.stack.create());
    expect(s.outcome).toEqual([0, 'ROLLBACK_FAILED', '1', 2]);
    expect(s.replay.world.stateMachines.executions.map(({ execution }) => execution.failure)).toEqual([
      { error: 'Lambda.AWSLambdaException', cause: expect.stringMatching(/^User: arn:aws:sts::\d+:assumed-role\/\S+\/states is not authorized to perform: lambda:InvokeFunction on resource: /) as unknown },
      expect.anything(),
    ]);
  } finally {
    await s.close();
  }
});

test.each<[string, Record<string, unknown>, string]>([
  ['an Express one', { StateMachineType: 'EXPRESS' }, 'which is of type EXPRESS'],
  ['one outside of what is played', { Definition: { StartAt: 'A', States: { A: { Type: 'Parallel' } } } }, 'state \'A\' has Type "Parallel"'],
  ['one whose definition lies elsewhere', { Definition: undefined, DefinitionS3Location: { Bucket: 'b', Key: 'k' } }, 'the state machine must be an object, got undefined'],
])('SF-1: %s is refused, and listed', async (_what, properties, message) => {
  const s = await opened((stack) => edited(stack, idsOf(stack, MACHINE)[0], (before) => ({ ...before, ...properties })));
  try {
    const { stateMachines } = s.replay.world;
    const arn = s.replay.options.assembly.ref(s.first, idsOf(s.first, MACHINE)[0]);
    expect(() => stateMachines.start({ arn, name: 'one', input: '{}' })).toThrow(message);
  } finally {
    await s.close();
  }
});

test('a definition given as a text, with substitutions', () => {
  const stack = edited(shop.rollout.stack, idsOf(shop.rollout.stack, MACHINE)[0], (properties) => ({
    ...properties,
    Definition: undefined,
    DefinitionString: '{"StartAt": "${first}", "States": "${unknown}"}',
    DefinitionSubstitutions: { first: 'A' },
  }));
  const assembly = new Assembly(shop.assembly.directory, [stack]);
  const arn = assembly.ref(stack, idsOf(stack, MACHINE)[0]);
  expect(stateMachineNamed(assembly, arn)).toMatchObject({ arn, type: 'STANDARD', definition: { StartAt: 'A', States: '${unknown}' } });
  expect(stateMachineNamed(assembly, 'arn:other')).toBeUndefined();
});
