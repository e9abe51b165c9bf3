/** Finding what a CodeDeploy request names, with the service's own errors for what is missing or unknown. */
import { PREDEFINED_CONFIGS } from '../../lib/model/traffic';
import type { AnyGroupModel } from '../engine/deployment-group';
import type { AnyDeploymentRecord } from '../engine/deployment-record';
import { ServiceError } from '../engine/ports';
import type { AwsPlace } from './aws-service';
import type { CodeDeployBackend, ConfigView } from './codedeploy-backend';
import type { Fields } from './fields';

/** A member that must be there and not empty. */
export function required(input: Fields, name: string, exception: string, what: string): string {
  const value = input.string(name);
  if (value === undefined || value === '') {
    throw new ServiceError(exception, `${what} is missing`);
  }
  return value;
}

export function codeDeployArn(place: AwsPlace, kind: 'application' | 'deploymentgroup' | 'deploymentconfig', name: string): string {
  return `arn:${place.partition}:codedeploy:${place.region}:${place.accountId}:${kind}:${name}`;
}

export function groupArn(place: AwsPlace, of: { readonly applicationName: string; readonly deploymentGroupName: string }): string {
  return codeDeployArn(place, 'deploymentgroup', `${of.applicationName}/${of.deploymentGroupName}`);
}

/** The backend as the operations look at it. */
export class CodeDeployLookup {
  constructor(private readonly backend: CodeDeployBackend) {}

  deployment(input: Fields): AnyDeploymentRecord {
    return this.deploymentById(required(input, 'deploymentId', 'DeploymentIdRequiredException', 'the deployment id'));
  }

  deploymentById(id: string): AnyDeploymentRecord {
    if (!/^d-[A-Za-z0-9-]+$/.test(id)) {
      throw new ServiceError('InvalidDeploymentIdException', `'${id}' is not a deployment id; ids look like d-A1B2C3D4E`);
    }
    const found = this.backend.deployments().find((each) => each.deploymentId === id);
    if (found === undefined) {
      throw new ServiceError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
    }
    return found;
  }

  /** An application that exists. */
  application(input: Fields): string {
    const name = required(input, 'applicationName', 'ApplicationNameRequiredException', 'the application name');
    if (!this.applications().includes(name)) {
      throw new ServiceError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
    }
    return name;
  }

  applications(): readonly string[] {
    return [...new Set(this.backend.groups().map((group) => group.applicationName))].sort();
  }

  /** The group of `applicationName` that a member names. */
  group(applicationName: string, input: Fields, member = 'deploymentGroupName'): AnyGroupModel {
    const name = required(input, member, 'DeploymentGroupNameRequiredException', 'the deployment group name');
    const found = this.groupsOf(applicationName).find((each) => each.deploymentGroupName === name);
    if (found === undefined) {
      throw new ServiceError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
    }
    return found;
  }

  groupsOf(applicationName: string): readonly AnyGroupModel[] {
    return this.backend.groups().filter((each) => each.applicationName === applicationName);
  }

  config(name: string): ConfigView & { readonly platform: 'ECS' | 'Lambda' } {
    const found = this.configs().find((each) => each.deploymentConfigName === name);
    if (found === undefined) {
      throw new ServiceError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found for name: ${name}`);
    }
    return found;
  }

  /** The service's own first, then those of the template. */
  configs(): readonly (ConfigView & { readonly platform: 'ECS' | 'Lambda' })[] {
    const own = Object.entries(PREDEFINED_CONFIGS).map(([deploymentConfigName, { platform, routing }]) => ({
      deploymentConfigName,
      platform,
      routing,
    }));
    return [...own, ...this.backend.configs().map((config) => ({ ...config, platform: config.platform ?? ('ECS' as const) }))];
  }
}

/** Entries of a list answer; more than a page ends in a token. */
export function pageOf<T>(
  all: readonly T[],
  token: string | undefined,
  size: number,
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const start = token === undefined ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  if (!Number.isInteger(start) || start > all.length) {
    throw new ServiceError('InvalidNextTokenException', `'${token}' is not a token that this operation has returned`);
  }
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { nextToken: `page-${end}` }) };
}

/** A list of names or ids, as batch operations take it. */
export function batch(input: Fields, name: string, most: number, missing: string, tooMany = 'BatchLimitExceededException'): readonly string[] {
  const items = input.strings(name) ?? [];
  if (items.length === 0) {
    throw new ServiceError(missing, `${name} must not be empty`);
  }
  if (items.length > most) {
    throw new ServiceError(tooMany, `${name} must hold at most ${most} entries, got ${items.length}`);
  }
  return items;
}
