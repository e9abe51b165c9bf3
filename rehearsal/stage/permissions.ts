/** Who calls the endpoints, and whether the template lets them: each function has an access key of its own, which leads to its role. */
import { createHash } from 'node:crypto';

import type { IamDecisionReport } from '../../lib/model/report';
import type { Assembly } from '../assembly/assembly';
import { collectPolicies } from '../assembly/policies';
import { accessDeniedMessage, type AuthorizedCall, type Authorizer } from '../endpoints/aws-service';
import { decide, type RolePolicies } from '../engine/iam';

/** Somebody whose calls are decided against the template: a function under its execution role, or the service role. */
export interface Principal {
  readonly roleArn: string;
  /** Session name, as AWS shows it: for a function its name. */
  readonly session: string;
}

export class Permissions implements Authorizer {
  private readonly principals = new Map<string, Principal>();
  private readonly policies = new Map<string, RolePolicies>();
  private readonly decisions = new Map<string, IamDecisionReport>();

  /** @param removed actions that a scenario takes away, by the ARN of the role */
  constructor(
    private assembly: Assembly,
    private readonly removed: ReadonlyMap<string, readonly string[]>,
  ) {}

  /** From now on the policies are those of another assembly. */
  deploy(assembly: Assembly): void {
    this.assembly = assembly;
    this.policies.clear();
  }

  /** The access key under which this principal's calls are known. The same for every run of the same template. */
  accessKeyOf(principal: Principal): string {
    const digest = createHash('sha256').update(`${principal.roleArn}\n${principal.session}`).digest('hex').toUpperCase();
    const key = `ASIA${digest.slice(0, 16)}`;
    this.principals.set(key, principal);
    return key;
  }

  /** Who an access key stands for; undefined for an operator, such as a developer's own AWS CLI. */
  principalOf(accessKeyId: string): Principal | undefined {
    return this.principals.get(accessKeyId);
  }

  authorize(call: AuthorizedCall): ReturnType<Authorizer['authorize']> {
    const principal = this.principals.get(call.accessKeyId);
    return principal === undefined ? { allowed: true } : this.decideFor(principal, call);
  }

  /** The same for a call that does not travel, such as the service's own invocation of a hook. */
  decideFor(principal: Principal, call: Omit<AuthorizedCall, 'accessKeyId'>): ReturnType<Authorizer['authorize']> {
    const { roleArn, session } = principal;
    const { decision, missingStatement } = decide(this.policiesOf(roleArn), call, this.removed.get(roleArn) ?? []);
    const { action, resource } = call;
    this.decisions.set([roleArn, action, resource, decision].join('\n'), {
      principal: roleArn,
      action,
      resource,
      decision,
      ...(missingStatement === undefined ? {} : { missingStatement }),
    });
    if (decision !== 'deny') {
      return { allowed: true };
    }
    const principalArn = `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`;
    return { allowed: false, message: accessDeniedMessage({ principalArn, action, resource }) };
  }

  /** Every decision once, in an order that does not depend on who asked first. */
  get report(): readonly IamDecisionReport[] {
    return [...this.decisions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, decision]) => decision);
  }

  private policiesOf(roleArn: string): RolePolicies {
    const known = this.policies.get(roleArn) ?? collectPolicies(this.assembly, roleArn);
    this.policies.set(roleArn, known);
    return known;
  }
}
