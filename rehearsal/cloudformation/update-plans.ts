/** What the stack updates of a scenario do to the template, found before anything is played. */
import type { TemplateChangeReport } from '../../lib/model/report';
import type { ResourceReference } from '../../lib/model/rollout';
import { resolveFunction } from '../assembly/functions';
import type { FoundLambdaRollout, FoundRollout } from '../assembly/rollouts';
import type { Stack } from '../assembly/stack';
import { UserError } from '../report/user-error';
import type { Scenario, StackUpdateScenario, TemplateChange } from '../scenario/scenario';
import { isCustom } from './custom-types';
import { needed } from './dependencies';
import { NextAssemblies } from './next-assembly';
import type { TemplateVersion } from './stack-version';
import { differences, type ResourceDifference } from './template-differences';

export interface Planned {
  readonly version: TemplateVersion;
  readonly changes: readonly TemplateChangeReport[];
}

/** An update to another assembly, before it is played. */
export interface ComparedUpdate {
  readonly before: TemplateVersion;
  readonly after: TemplateVersion;
  readonly differences: readonly ResourceDifference[];
  /** Name of the release that the scenario plays next; undefined where none follows. */
  readonly nextRelease?: string;
}

/** What depends on what is released. */
export interface UpdateRules {
  /** Types of resources whose changes are played. */
  readonly playedTypes: readonly string[];
  /** Why an update cannot be played, with what to do instead; undefined where it can. */
  refuse(update: ComparedUpdate): string | undefined;
  /** A single change of the template. @param where how messages begin @throws UserError where it is none that is played */
  change(stack: Stack, change: TemplateChange, where: string): { readonly stack: Stack; readonly logicalId: string };
}

/** What is there at once when an update to another assembly begins. */
export interface TakenAsDone {
  /** Name of the update. */
  readonly update: string;
  readonly differences: readonly ResourceDifference[];
  /** Whether a release follows. */
  readonly beforeRelease: boolean;
}

export class UpdatePlans {
  private readonly assemblies: NextAssemblies;
  readonly takenAsDone: readonly TakenAsDone[];

  /** @throws UserError where an update cannot be played */
  constructor(
    private readonly scenario: Scenario,
    private readonly found: FoundRollout | FoundLambdaRollout,
    first: TemplateVersion,
    private readonly rules: UpdateRules,
  ) {
    this.assemblies = new NextAssemblies(scenario.file);
    this.takenAsDone = this.check(first);
  }

  /** What the update makes of the template that is deployed. */
  plan(before: TemplateVersion, update: StackUpdateScenario): Planned {
    return update.to === undefined ? this.edited(before, update) : { version: this.next(update.to, update), changes: reported(differences(before, this.next(update.to, update)), this.rules.playedTypes) };
  }

  /** As the scenario expects the updates to end, one after the other. */
  private check(first: TemplateVersion): readonly TakenAsDone[] {
    const taken: TakenAsDone[] = [];
    this.scenario.stackUpdates.reduce((before, update) => {
      const { version } = this.plan(before, update);
      if (update.to !== undefined) {
        taken.push(this.compared(before, version, update));
      }
      return update.expect === 'updated' ? version : before;
    }, first);
    return taken;
  }

  private compared(before: TemplateVersion, after: TemplateVersion, update: StackUpdateScenario): TakenAsDone {
    const found = differences(before, after);
    const next = this.releaseAfter(update);
    if (found.length === 0) {
      throw new UserError(`${this.where(update)}: no resource of stack ${after.stack.path} differs in ${update.to}, so that CloudFormation has nothing to do; change the app, and synthesize it again`);
    }
    const refused = this.rules.refuse({ before, after, differences: found, ...(next === undefined ? {} : { nextRelease: next }) });
    if (refused !== undefined) {
      throw new UserError(`${this.where(update)}: ${update.to}: ${refused}`);
    }
    this.runnable(after, update);
    return { update: update.name, differences: found.filter(({ type }) => !this.rules.playedTypes.includes(type)), beforeRelease: next !== undefined };
  }

  /** @throws UserError where a function that may be asked in the next version cannot be run from here, such as one whose asset is gone */
  private runnable(after: TemplateVersion, update: StackUpdateScenario): void {
    const { assembly, stack } = after;
    const { hooks, guardian, hookInspector }: Pick<FoundRollout['description'], 'guardian' | 'hookInspector'> & { readonly hooks: readonly { readonly function: ResourceReference }[] } = this.found.description;
    const named = [...hooks.map((hook) => hook.function), guardian, hookInspector].flatMap((reference) => (reference !== undefined && 'logicalId' in reference && reference.stack === undefined ? [reference.logicalId] : []));
    const asked = Object.entries(stack.template.resources).filter(([, { type }]) => this.rules.playedTypes.includes(type) && isCustom(type));
    const needs = new Set([...named, ...asked.flatMap(([logicalId]) => [...needed(stack.template, logicalId)])]);
    for (const logicalId of [...needs].filter((id) => stack.template.resources[id]?.type === 'AWS::Lambda::Function')) {
      try {
        resolveFunction(assembly, stack, { logicalId });
      } catch (error) {
        throw error instanceof UserError ? new UserError(`${this.where(update)}: ${update.to}: ${error.message}`) : error;
      }
    }
  }

  private next(to: string, update: StackUpdateScenario): TemplateVersion {
    return this.assemblies.version(to, this.found.stack, this.where(update));
  }

  private edited({ assembly, stack: before }: TemplateVersion, update: StackUpdateScenario): Planned {
    const changes: TemplateChangeReport[] = [];
    const stack = update.changes.reduce((current, change) => {
      const { stack: after, logicalId } = this.rules.change(current, change, this.where(update));
      changes.push({ logicalId, property: change.property });
      return after;
    }, before);
    return { version: { assembly, stack }, changes };
  }

  /** Name of the release that the scenario plays after that of the update. */
  private releaseAfter({ release }: StackUpdateScenario): string | undefined {
    const { releases } = this.scenario;
    return releases[releases.findIndex(({ name }) => name === release) + 1]?.name;
  }

  private where({ name }: StackUpdateScenario): string {
    return `${this.scenario.file}: stack update "${name}"`;
  }
}

function reported(found: readonly ResourceDifference[], playedTypes: readonly string[]): readonly TemplateChangeReport[] {
  return found.flatMap(({ logicalId, type, action, properties }): readonly TemplateChangeReport[] => {
    const change = { logicalId, resourceType: type, ...(playedTypes.includes(type) ? {} : { atOnce: true as const }) };
    return action === 'changed' ? properties.map((property) => ({ ...change, property })) : [{ ...change, action }];
  });
}
