import { AppSpecDocument } from '../appspec/app-spec-document';
import { AppSpecPlatform } from '../appspec/app-spec-platform';
import type { AppSpecFinding } from '../model/appspec/rules';
import type { ServerHookEvent } from '../model/lifecycle';
import { SERVER_HOOK_EVENTS } from '../model/lifecycle';
import { requireSound } from '../private/app-spec-rules';
import { requireNoOthers } from '../private/kinds';
import type { ServerAppSpecHooks, ServerScript } from './server-app-spec-hooks';
import type { ServerFile, ServerFileExistsBehavior, ServerFilePermission, ServerSelinuxContext } from './server-file';

/** Operating systems that agents know. */
export enum ServerOperatingSystem {
  /** Every distribution of Linux. */
  LINUX = 'linux',

  /** Windows Server. */
  WINDOWS = 'windows',
}

/** Properties of an AppSpec of servers. */
export interface ServerAppSpecProps {
  /** Operating system of the hosts. */
  readonly os: ServerOperatingSystem;

  /**
   * What is copied from the bundle to the hosts.
   *
   * @default - nothing
   */
  readonly files?: ServerFile[];

  /**
   * What happens to files that are on a host already.
   *
   * @default - what the deployment says, which by default fails
   */
  readonly fileExistsBehavior?: ServerFileExistsBehavior;

  /**
   * Permissions of what has been copied; Linux only.
   *
   * @default - those of the bundle
   */
  readonly permissions?: ServerFilePermission[];

  /**
   * Scripts, by lifecycle event.
   *
   * @default - no scripts
   */
  readonly hooks?: ServerAppSpecHooks;
}

/**
 * The AppSpec of a deployment to EC2 instances and on-premises servers: the file `appspec.yml` in the root of a bundle. All of it must be known at synth.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure.html#server-appspec-structure
 */
export class ServerAppSpec extends AppSpecDocument {
  public readonly platform = AppSpecPlatform.SERVER;

  private readonly warnings: readonly AppSpecFinding[];

  constructor(private readonly props: ServerAppSpecProps) {
    super();
    this.warnings = requireSound(this._document(), 'server');
  }

  /** @internal */
  public _document(): object {
    const { os, files, fileExistsBehavior, permissions, hooks } = this.props;
    return withoutAbsent({
      // Agents compare it with the number.
      version: 0,
      os,
      files: files?.map(({ source, destination }) => ({ source, destination })),
      file_exists_behavior: fileExistsBehavior,
      permissions: permissions?.map(renderPermission),
      hooks: hooks === undefined ? undefined : renderHooks(hooks),
    });
  }

  /** @internal */
  protected _warnings(): readonly AppSpecFinding[] {
    return this.warnings;
  }
}

function renderPermission({ types, context, object, pattern, except, owner, group, mode, acls }: ServerFilePermission): object {
  return withoutAbsent({ object, pattern, except, owner, group, mode, acls, context: context === undefined ? undefined : renderContext(context), type: types });
}

const renderContext = ({ user, type, range }: ServerSelinuxContext): object => withoutAbsent({ user, name: user, type, range });

function renderHooks(hooks: ServerAppSpecHooks): object {
  requireNoOthers("'hooks'", hooks, SERVER_HOOK_EVENTS.map((event) => `${event.charAt(0).toLowerCase()}${event.slice(1)}`));
  const scripts: Record<ServerHookEvent, ServerScript[] | undefined> = {
    BeforeBlockTraffic: hooks.beforeBlockTraffic,
    AfterBlockTraffic: hooks.afterBlockTraffic,
    ApplicationStop: hooks.applicationStop,
    BeforeInstall: hooks.beforeInstall,
    AfterInstall: hooks.afterInstall,
    ApplicationStart: hooks.applicationStart,
    ValidateService: hooks.validateService,
    BeforeAllowTraffic: hooks.beforeAllowTraffic,
    AfterAllowTraffic: hooks.afterAllowTraffic,
  };
  return withoutAbsent(Object.fromEntries(SERVER_HOOK_EVENTS.map((event) => [event, scripts[event]?.map(renderScript)])));
}

const renderScript = ({ location, timeout, runAs }: ServerScript): object => withoutAbsent({ location, timeout: timeout?.toSeconds({ integral: false }), runas: runAs });

const withoutAbsent = (members: Readonly<Record<string, unknown>>): object => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
