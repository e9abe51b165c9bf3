/** What CloudFormation does where no source settles it. */
import type { BehaviourEntry } from '../engine/service-behaviour';

export const CLOUDFORMATION_BEHAVIOUR = {
  waitsForResources: {
    what: 'whether a rollback begins only when every resource in progress has answered; otherwise such a resource counts as failed, and is sent its Update back at once',
    value: false,
    certainty: 'observed',
    source: 'stack events in the field ("Resource update cancelled"); aws/aws-cdk#31541 for custom resources, whose function works on meanwhile',
  },
} as const satisfies Readonly<Record<string, BehaviourEntry<unknown>>>;

export interface CloudFormationBehaviour {
  readonly waitsForResources: boolean;
}

export function cloudFormationBehaviour(switched: Partial<CloudFormationBehaviour> = {}): CloudFormationBehaviour {
  return { waitsForResources: CLOUDFORMATION_BEHAVIOUR.waitsForResources.value, ...switched };
}
