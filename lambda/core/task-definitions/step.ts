/** Deregisters the revisions of a service's task definition that are no longer kept. */
import type { StepReturn } from '../../../lib/model/deployment-request';
import type { Tidying, TidyStep } from '../tidying/step';
import { IN_A_STEP, tidy } from '../tidying/step';
import type { TaskDefinitionPorts } from './ports';
import { surplus } from './surplus';
import type { KeepTask } from './task';
import { keepTaskOf } from './task';

export const TASK_DEFINITIONS: Tidying<KeepTask, TaskDefinitionPorts> = {
  taskOf: keepTaskOf,

  surplus: async ({ cluster, service, family, keep, ofStack }, { taskDefinitions }, call) => {
    const inUse = await call((signal) => taskDefinitions.inUse({ cluster, service }, signal));
    if (inUse === undefined) {
      return `service ${service} of cluster ${cluster} is not there`;
    }
    const besides = [...ofStack, ...inUse];
    // One more than a step deals with tells that something is left.
    const active = await call((signal) => taskDefinitions.newest(family, keep + besides.length + IN_A_STEP + 1, signal));
    return surplus(active, { family, newest: keep, besides });
  },

  remove: (taskDefinition, _task, { taskDefinitions }, signal) => taskDefinitions.deregister(taskDefinition, signal),
  kept: ({ keep, family }) => `the newest ${keep} of family ${family} are kept`,

  words: {
    field: 'taskDefinition',
    removed: 'deregistered',
    stays: 'a task definition stays ACTIVE',
    allStay: 'task definitions that are not kept stay ACTIVE',
    nothingOn: 'nothing is deregistered on',
    many: 'revisions',
  },
};

export const keepNewest = (asked: TidyStep, ports: TaskDefinitionPorts): Promise<StepReturn> => tidy(TASK_DEFINITIONS, asked, ports);
