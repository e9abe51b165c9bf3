/** Whether an alias needs a deployment, and from which version that begins. */
import { lambdaAppSpecDocument } from '../../../lib/model/lambda-app-spec';
import { leftBetween } from './alias-words';
import type { AliasTask } from './alias-task';
import type { AliasFacts } from './facts';
import type { Phase } from './phase';
import type { Action, Situation } from './situation';
import { fail, look, noted, pause, secondsSince, segmentIsOver, succeed } from './situation';
import { nothingToTakeBack, notShown, SECOND_LOOK_SECONDS, start } from './start';

/** How long an alias may be between two versions while nothing runs, in seconds: a rollback begins about a second after the deployment that it takes back has ended. */
const SET_BACK_WITHIN_SECONDS = 60;

export function aliasInNeed(s: Situation, task: AliasTask, phase: Phase): Action {
  const { alias } = s.facts;
  const { functionName, name } = task.alias;
  if (alias === undefined) {
    return look(s, { at: 'alias' });
  }
  if (alias === 'missing') {
    return notShown(s, 'no alias', `alias ${name} of function ${functionName} is not there; make it where the function is made, on a published version, then deploy again`);
  }
  if (alias.version !== task.targetVersion) {
    return start(s, task, { appSpec: appSpecOf(task, alias.version) });
  }
  if (Object.keys(alias.weights).length > 0) {
    return halfWay(noted(s, 'weighted'), task, { alias, phase });
  }
  return phase === 'forward' ? succeed('', `alias ${name} already names version ${task.targetVersion}`) : nothingToTakeBack(s, `alias ${name} names version ${task.targetVersion} again`);
}

function appSpecOf({ alias, targetVersion, hooks }: AliasTask, currentVersion: string): string {
  return JSON.stringify(lambdaAppSpecDocument({ functionName: alias.functionName, alias: alias.name, currentVersion, targetVersion, hooks }));
}

/**
 * It names the version that is wanted, and gives another one a share: no deployment could begin there. A rollback that is refused would leave the stack stuck, and the failure that
 * it takes back has told of the alias.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-deployments-lambda.html
 */
function halfWay(s: Situation, task: AliasTask, { alias, phase }: { readonly alias: AliasFacts; readonly phase: Phase }): Action {
  if (secondsSince(s, 'weighted') < SET_BACK_WITHIN_SECONDS && !segmentIsOver(s)) {
    return pause(s, SECOND_LOOK_SECONDS);
  }
  const told = leftBetween(task.alias, alias);
  return phase === 'rollback' ? succeed('', told) : fail(`no deployment was started: ${told}`);
}
