/** The build step of the example's pipeline, run as CodeBuild runs it: its commands against the emulator, by the AWS CLI and jq. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { run } from './processes.mjs';

const PLACEHOLDERS = { revision: '<TASK_DEFINITION>', image: '<IMAGE>' };

/** What DescribeTaskDefinition says of a revision and RegisterTaskDefinition does not take, by the AWS CLI's own description of ECS. */
const NOT_TAKEN = `
import json, botocore.session
ecs = botocore.session.get_session().get_service_model('ecs')
described = ecs.shape_for('TaskDefinition').members
taken = ecs.operation_model('RegisterTaskDefinition').input_shape.members
print(json.dumps(sorted(set(described) - set(taken))))`;

/** The commands in the buildspec of a pipeline's project. */
export function commandsIn(template) {
  const specs = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CodeBuild::Project').map(({ Properties }) => JSON.parse(Properties.Source.BuildSpec));
  return specs.flatMap(({ phases }) => phases.build.commands);
}

/**
 * Runs the commands, and looks at what they wrote.
 * @param appSpec the output `AppSpec` of the deployed stack
 * @returns by what was looked at, what is wrong
 */
export async function playCommands(commands, { moto, python, appSpec, directory, signal }) {
  const env = { ...moto.env, PATH: `${dirname(python)}:${process.env.PATH}` };
  const shell = (line, into) => {
    const cwd = join(directory, into);
    mkdirSync(cwd, { recursive: true });
    return run('sh', ['-c', line], { cwd, env, signal });
  };
  const fails = async (what, line) => {
    const failure = await shell(line, 'failing').then(() => undefined, (error) => error);
    signal.throwIfAborted();
    return failure === undefined ? [`${what}: the command succeeds: ${line}`] : [];
  };
  for (const line of commands) {
    await shell(line, '.');
  }
  const read = (file) => readFileSync(join(directory, file), 'utf8');
  const taskDefinition = JSON.parse(read('taskdef.json'));
  return {
    'appspec.yaml is the AppSpec of the stack, with its hooks and a placeholder for the revision': sameAppSpec(JSON.parse(read('appspec.yaml')), JSON.parse(appSpec)),
    'taskdef.json is registered as it is, once the image is in the place of its placeholder': await register(taskDefinition, { directory, shell }),
    'what RegisterTaskDefinition does not take is what ECS says more of a revision': await sameFields(commands, python, signal),
    'where the stack is not there, the build fails': (await Promise.all(commands.map((line) => fails('no stack', line.replaceAll(/--stack-name \S+/g, '--stack-name Nowhere'))))).flat(),
    'where an output is not there, the build fails': (await Promise.all(commands.map((line) => fails('no output', line.replaceAll(/OutputKey=='\w+'/g, "OutputKey=='None'"))))).flat(),
    'where the container is not there, the build fails': await fails('no container', commands.at(-1).replaceAll('"web"', '"wbe"')),
  };
}

function sameAppSpec(written, deployed) {
  const { Properties } = deployed.Resources[0].TargetService;
  Properties.TaskDefinition = PLACEHOLDERS.revision;
  return isDeepStrictEqual(written, deployed) && written.Hooks.length > 0 ? [] : [`expected ${JSON.stringify(deployed)}, written is ${JSON.stringify(written)}`];
}

/** As the action does it. The AWS CLI refuses what is no parameter of the operation. */
async function register(taskDefinition, { directory, shell }) {
  const placed = taskDefinition.containerDefinitions.filter(({ image }) => image === PLACEHOLDERS.image).map(({ name }) => name);
  const text = JSON.stringify(taskDefinition).replaceAll(PLACEHOLDERS.image, 'example.com/web@sha256:1');
  writeFileSync(join(directory, 'registered.json'), text);
  const answer = JSON.parse(await shell('aws ecs register-task-definition --cli-input-json file://registered.json --output json', '.')).taskDefinition;
  const said = [placed.join(), answer.family, answer.revision, answer.containerDefinitions[0].image].join(' ');
  const wanted = ['web', taskDefinition.family, 2, 'example.com/web@sha256:1'].join(' ');
  return said === wanted ? [] : [`expected ${wanted}, registered is ${said}`];
}

async function sameFields(commands, python, signal) {
  const wanted = JSON.parse(await run(python, ['-W', 'ignore', '-c', NOT_TAKEN], { signal }));
  const removed = [...(/del\(([^)]*)\)/.exec(commands.at(-1))?.[1] ?? '').matchAll(/\.(\w+)/g)].map(([, name]) => name);
  return isDeepStrictEqual(removed, wanted) ? [] : [`${wanted.join(', ')} is to be removed, the command removes ${removed.join(', ')}`];
}
