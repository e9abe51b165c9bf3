/** What CloudFormation does where no source settles it. */
import type { BehaviourEntry } from '../engine/service-behaviour';

export const CLOUDFORMATION_BEHAVIOUR = {
  waitsForResources: {
    what: 'whether a rollback begins only when every resource in progress has answered; otherwise such a resource counts as failed, and is sent its Update back at once',
    value: false,
    certainty: 'observed',
    source: 'stack events in the field ("Resource update cancelled"); aws/aws-cdk#31541 for custom resources, whose function works on meanwhile',
  },
  rollbackResolvesAttributes: {
    what: 'whether a rollback gives a resource what its attributes of other resources come to then, and not what they came to before the update',
    value: true,
    certainty: 'inferred',
    source: 'a rollback sends custom resources an Update, and what they answer takes the place of what they answered before (user guide, custom resource request types); nobody says when Fn::GetAtt is resolved',
  },
} as const satisfies Readonly<Record<string, BehaviourEntry<unknown>>>;

export interface CloudFormationBehaviour {
  readonly waitsForResources: boolean;
  readonly rollbackResolvesAttributes: boolean;
}

export function cloudFormationBehaviour(switched: Partial<CloudFormationBehaviour> = {}): CloudFormationBehaviour {
  const { waitsForResources, rollbackResolvesAttributes } = CLOUDFORMATION_BEHAVIOUR;
  return { waitsForResources: waitsForResources.value, rollbackResolvesAttributes: rollbackResolvesAttributes.value, ...switched };
}
