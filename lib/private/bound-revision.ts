/** What a rollout needs to know of its revision. */
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { lintEvents } from '../model/appspec/bundle';
import type { BundleEntry } from '../model/appspec/bundle-entry';
import type { AppSpecFinding } from '../model/appspec/rules';
import type { Finding } from '../model/rollout';
import type { CheckedBundle } from './server-bundle';

export interface BoundRevision {
  /** The `revision` of CreateDeployment, deploy-time values in it. */
  readonly revision: object;
  /** What may work, and not as it is written. Their ids are those of AppSpec warnings, `appspec-<rule>`, where they are about one. */
  readonly findings: readonly Finding[];
  /** What instances need to read it, and the revisions before it: a rollback fetches one of those. */
  readonly readStatements: readonly iam.PolicyStatement[];
  /** Absent where nobody knows at synth what is in it. */
  readonly bundle?: BoundBundle;
}

export interface BoundBundle {
  /** The AppSpec as a value. */
  readonly appSpec: object;
  /** Sorted by path. */
  readonly entries: readonly BundleEntry[];
  /** The archive, relative to the cloud assembly of its stack. */
  readonly assetPath: string;
  /** What of the AppSpec a deployment group never runs. */
  eventFindings(rollout: { readonly loadBalancer: boolean }): readonly Finding[];
}

export function boundBundle({ document, root, entries }: CheckedBundle, assetPath: string): BoundBundle {
  return { appSpec: document, entries, assetPath, eventFindings: (rollout) => lintEvents(root, rollout).map(findingOf) };
}

/** Messages end with their remedy. */
export function findingOf({ rule, level, message }: AppSpecFinding): Finding {
  const at = message.lastIndexOf('; ');
  return { id: `appspec-${rule}`, level, message: message.slice(0, at), remedy: message.slice(at + 2) };
}

/**
 * Reading a revision, and those before it. Their keys are not known at synth, and an instance that cannot read the last good one cannot be rolled back; so everything is meant
 * that lies beside this revision and ends like it.
 *
 * @param versioned whether a version is asked for, which is an action of its own
 */
export function readRevisions(scope: Construct, bucket: s3.IBucket, keys: string, versioned: boolean): readonly iam.PolicyStatement[] {
  const read = new iam.PolicyStatement({ sid: 'ReadRevisions', actions: ['s3:GetObject', ...(versioned ? ['s3:GetObjectVersion'] : [])], resources: [bucket.arnForObjects(keys)] });
  const key = bucket.encryptionKey;
  if (key === undefined) {
    return [read];
  }
  const { region } = Stack.of(scope);
  return [read, new iam.PolicyStatement({ sid: 'DecryptRevisions', actions: ['kms:Decrypt'], resources: [key.keyArn], conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } } })];
}
