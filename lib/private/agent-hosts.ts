/** What gets an agent, as far as its installation needs to know. */
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnResource } from 'aws-cdk-lib/core';

import type { AgentSystem } from '../model/server/agent';
import { agentSystemName } from '../model/server/agent';

export interface AgentHosts {
  /** For messages. */
  readonly name: string;
  readonly role: iam.IRole;
  readonly userData: () => ec2.UserData;
  /** Left out where nothing says which system it is. */
  readonly windows?: boolean | undefined;
  /** What launches the instances. */
  readonly resource?: CfnResource;
  /** How Systems Manager finds them. */
  readonly target?: { readonly key: string; readonly value: string };
}

/** Refuses instances of another operating system, where something says so: their machine image, or the form of their user data. */
export function requireSystem(hosts: AgentHosts, system: AgentSystem, userData: ec2.UserData | undefined): void {
  const windows = system.family === 'windows';
  const wrong = (what: string, other: boolean) =>
    new Error(`the CodeDeploy agent is to be installed on ${agentSystemName(system)}, but ${what} of ${hosts.name} is for ${other ? 'Windows' : 'Linux'}; give its operating system`);
  if (hosts.windows !== undefined && hosts.windows !== windows) {
    throw wrong('the machine image', hosts.windows);
  }
  if (userData === undefined) {
    return;
  }
  // User data does not say what it is for; what it renders begins with the element that EC2 knows Windows' by, or with the line of an interpreter.
  const begin = userData.render();
  const form = begin.startsWith('<powershell>') ? true : begin.startsWith('#!') ? false : undefined;
  if (form !== undefined && form !== windows) {
    throw wrong('the user data', form);
  }
}
