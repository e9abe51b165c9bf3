/** What CloudFormation does where no source settles it. */
import type { BehaviourEntry } from '../engine/service-behaviour';

export const CLOUDFORMATION_BEHAVIOUR = {
  waitsForResources: {
    what: 'whether a rollback begins only when every resource in progress has answered; otherwise such a resource counts as failed, and is sent its Update back at once',
    value: false,
    certainty: 'observed',
    source: 'stack events in the field ("Resource update cancelled"); aws/aws-cdk#31541 for custom resources, whose function works on meanwhile',
  },
  comparesWithWhatRuns: {
    what: 'whether an update of a service is refused for what CodeDeploy has changed since, though the template has not: every property is sent, and compared with what runs',
    value: false,
    certainty: 'assumed',
    source:
      'aws-cloudformation/cloudformation-coverage-roadmap#1529 sees every property sent; kayac/ecspresso#393, pulumi/pulumi#3607 and hashicorp/terraform-provider-aws#13473 see refused what did not change at all',
  },
} as const satisfies Readonly<Record<string, BehaviourEntry<unknown>>>;

export interface CloudFormationBehaviour {
  readonly waitsForResources: boolean;
  readonly comparesWithWhatRuns: boolean;
}

export function cloudFormationBehaviour(switched: Partial<CloudFormationBehaviour> = {}): CloudFormationBehaviour {
  const { waitsForResources, comparesWithWhatRuns } = CLOUDFORMATION_BEHAVIOUR;
  return { waitsForResources: waitsForResources.value, comparesWithWhatRuns: comparesWithWhatRuns.value, ...switched };
}
