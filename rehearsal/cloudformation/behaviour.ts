/** What CloudFormation does where no source settles it. */
import type { BehaviourEntry } from '../engine/service-behaviour';

export const CLOUDFORMATION_BEHAVIOUR = {
  waitsForResources: {
    what: 'whether a rollback begins only when every resource in progress has answered; otherwise such a resource counts as failed, and is sent its Update back at once',
    value: false,
    certainty: 'observed',
    source: 'stack events in the field ("Resource update cancelled"); aws/aws-cdk#31541 for custom resources, whose function works on meanwhile',
  },
  eventsShownAfterMs: {
    what: 'how long DescribeStackEvents does not yet show an event, in milliseconds',
    value: 0,
    certainty: 'assumed',
    source: 'no source says that it lags',
  },
  showsProperties: {
    what: 'whether the events by which CloudFormation begins a create or an update carry the ResourceProperties that the resource is to be given',
    value: true,
    certainty: 'assumed',
    source: 'API reference of StackEvent ("BLOB of the properties used to create the resource"); published events of creates have them, those of a clean-up after a rollback have none',
  },
  notesWayBackOfFailed: {
    what: 'whether a rollback notes UPDATE_IN_PROGRESS of a resource whose update has failed or was cancelled, too',
    value: true,
    certainty: 'assumed',
    source: 'convox/praxis#168 shows such an event for a resource that had been updated, and none for the one that had failed',
  },
  comparesWithWhatRuns: {
    what: 'whether an update of a service is refused for what CodeDeploy has changed since, though the template has not: every property is sent, and compared with what runs',
    value: false,
    certainty: 'assumed',
    source:
      'aws-cloudformation/cloudformation-coverage-roadmap#1529 sees every property sent; kayac/ecspresso#393, pulumi/pulumi#3607 and hashicorp/terraform-provider-aws#13473 see refused what did not change at all',
  },
  comparesValues: {
    what: 'whether a resource is left alone whose properties come to the same, though another template says them otherwise, such as by an attribute in place of a name',
    value: true,
    certainty: 'assumed',
    source: 'user guide, update behaviors: "based on differences between what you submit and the stack\'s current template", which says neither; ADR 12 builds on it',
  },
  waitsForAliasRollback: {
    what: "whether an alias whose deployment has failed fails only when CodeDeploy's own rollback of that deployment is over, too",
    value: true,
    certainty: 'assumed',
    source: 'davidgf/serverless-plugin-canary-deployments#159 and aws/serverless-application-model#291 show stacks that are rolled back with the alias on the old version, and no times',
  },
  rollbackDeploysAliases: {
    what: "whether a rollback starts a deployment to give an alias that was released its version of before; otherwise it is pointed there at once",
    value: true,
    certainty: 'inferred',
    source: 'user guide, CodeDeployLambdaAliasUpdate: a deployment is performed when the version of the alias changes in an update, and nothing is said of rollbacks; no published stack events show one',
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
  readonly waitsForAliasRollback: boolean;
  readonly rollbackDeploysAliases: boolean;
  readonly rollbackResolvesAttributes: boolean;
  readonly comparesValues: boolean;
  readonly eventsShownAfterMs: number;
  readonly showsProperties: boolean;
  readonly notesWayBackOfFailed: boolean;
  readonly comparesWithWhatRuns: boolean;
}

export function cloudFormationBehaviour(switched: Partial<CloudFormationBehaviour> = {}): CloudFormationBehaviour {
  const { waitsForResources, eventsShownAfterMs, showsProperties, notesWayBackOfFailed, comparesWithWhatRuns, rollbackResolvesAttributes, rollbackDeploysAliases, waitsForAliasRollback, comparesValues } = CLOUDFORMATION_BEHAVIOUR;
  return {
    waitsForResources: waitsForResources.value,
    eventsShownAfterMs: eventsShownAfterMs.value,
    showsProperties: showsProperties.value,
    notesWayBackOfFailed: notesWayBackOfFailed.value,
    comparesWithWhatRuns: comparesWithWhatRuns.value,
    rollbackResolvesAttributes: rollbackResolvesAttributes.value,
    rollbackDeploysAliases: rollbackDeploysAliases.value,
    waitsForAliasRollback: waitsForAliasRollback.value,
    comparesValues: comparesValues.value,
    ...switched,
  };
}
