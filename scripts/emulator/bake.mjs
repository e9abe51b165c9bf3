/** The bake of the example's pipeline: its state machine, played by the emulator with the emulator's own alarms. */
import { setTimeout as sleep } from 'node:timers/promises';

const MACHINE = 'bake';

/** The definition of a template's only state machine, and the beginning of the alarms' names that it asks for. */
export function bakeIn(template) {
  const [{ Properties }] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const definition = JSON.parse(Properties.DefinitionString);
  return { definition, prefix: definition.States.Ask.Parameters.AlarmNamePrefix };
}

/** @returns what is wrong, by what was looked at */
export async function playBake({ definition, prefix }, { moto, account, signal }) {
  await fetch(`${moto.url}/moto-api/config`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }), signal });
  const { Wait, ...others } = definition.States;
  const quick = { ...definition, States: { ...others, Wait: { ...Wait, Seconds: 0 } } };
  const role = `arn:aws:iam::${account}:role/bake`;
  await moto.call([['stepfunctions', 'create_state_machine', { name: MACHINE, definition: JSON.stringify(quick), roleArn: role }]], { signal });
  const play = async (name) => {
    const arn = (kind, id) => `arn:aws:states:${moto.env.AWS_REGION}:${account}:${kind}:${id}`;
    const [started] = await moto.call([['stepfunctions', 'start_execution', { stateMachineArn: arn('stateMachine', MACHINE), name, input: '{"minutes": 2}' }]], { signal });
    for (;;) {
      const [{ answer, error }] = await moto.call([['stepfunctions', 'describe_execution', { executionArn: arn('execution', `${MACHINE}:${name}`) }]], { signal });
      if (answer?.status !== 'RUNNING') {
        return started.error ?? error ?? [answer.status, answer.cause].filter((text) => text !== undefined).join(': ');
      }
      await sleep(200, undefined, { signal });
    }
  };
  const alarm = (AlarmName) => [
    ['cloudwatch', 'put_metric_alarm', { AlarmName, Namespace: 'n', MetricName: 'm', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }],
    ['cloudwatch', 'set_alarm_state', { AlarmName, StateValue: 'ALARM', StateReason: 'to see what the bake does' }],
  ];
  const expect = async (name, wanted) => {
    const said = await play(name);
    return said === wanted ? [] : [`expected ${wanted}, it says ${said}`];
  };
  // The emulator passes StateValue over where there is a prefix, so that an alarm which is quiet says nothing here.
  await moto.call(alarm('Other-Web-Errors'), { signal });
  const quiet = await expect('quiet', 'SUCCEEDED');
  await moto.call(alarm(`${prefix}Errors`), { signal });
  const red = await expect('red', `FAILED: an alarm that begins with ${prefix} is in ALARM`);
  return { 'the bake goes on where no alarm of its stack is in ALARM, whatever others say': quiet, 'the bake fails where one is': red };
}
