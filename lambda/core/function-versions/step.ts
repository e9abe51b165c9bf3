/**
 * Deletes the versions of a function that are no longer kept.
 *
 * Lambda itself refuses to delete a version that an alias names, so that an alias that is pointed at one meanwhile breaks nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
 */
import type { StepReturn } from '../../../lib/model/deployment-request';
import type { Tidying, TidyStep } from '../tidying/step';
import { tidy } from '../tidying/step';
import type { FunctionVersionPorts } from './ports';
import { surplusVersions } from './surplus';
import type { KeepVersionsTask } from './task';
import { keepVersionsTaskOf } from './task';

export const FUNCTION_VERSIONS: Tidying<KeepVersionsTask, FunctionVersionPorts> = {
  taskOf: keepVersionsTaskOf,

  surplus: async ({ functionName, keep, target, before }, { functionVersions }, call) => {
    const published = await call((signal) => functionVersions.published(functionName, signal));
    if (published === undefined) {
      return `function ${functionName} is not there`;
    }
    const candidates = surplusVersions(published, { target, newest: keep, besides: [before] });
    if (candidates.length === 0) {
      return candidates.map(String);
    }
    // At once, so that a step has time for its calls one after the other.
    const [ofAliases, provisioned] = await Promise.all([
      call((signal) => functionVersions.ofAliases(functionName, signal)),
      call((signal) => functionVersions.provisioned(functionName, signal)),
    ]);
    const inUse = [...ofAliases, ...provisioned];
    return candidates.filter((version) => !inUse.includes(version)).map(String);
  },

  remove: (version, { functionName }, { functionVersions }, signal) => functionVersions.delete(functionName, Number(version), signal),
  kept: ({ keep, functionName }) => `the newest ${keep} versions of function ${functionName} are kept`,

  words: {
    field: 'version',
    removed: 'deleted',
    stays: 'a version stays',
    allStay: 'versions that are not kept stay',
    nothingOn: 'nothing is deleted on',
    many: 'versions',
  },
};

export const keepVersions = (asked: TidyStep, ports: FunctionVersionPorts): Promise<StepReturn> => tidy(FUNCTION_VERSIONS, asked, ports);
