/** Findings of a rollout: told at synth as annotations, and kept in the rollout description for the rehearsal. */
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Finding } from '../model/rollout';

export class Findings {
  private readonly found: Finding[] = [];

  constructor(private readonly scope: Construct) {}

  /** Keeps a finding; warnings are shown by `cdk synth` too. The id is contract: users acknowledge warnings by it. */
  public add(finding: Finding): void {
    this.found.push(finding);
    if (finding.level === 'warning') {
      Annotations.of(this.scope).addWarningV2(`cdk-greenlight:${finding.id}`, `${finding.message}; ${finding.remedy}`);
    }
  }

  public all(): readonly Finding[] {
    return [...this.found];
  }
}
