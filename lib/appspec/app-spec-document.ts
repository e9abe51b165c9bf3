import { Annotations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { AppSpecFinding } from '../model/appspec/rules';
import { printJson, printYaml, readAppSpec, readAppSpecFile } from '../private/app-spec-text';
import type { AppSpecPlatform } from './app-spec-platform';

/** How a text is read. */
export interface AppSpecParseOptions {
  /**
   * What the AppSpec is for.
   *
   * @default - what its content tells; one that tells nothing is refused
   */
  readonly platform?: AppSpecPlatform;
}

/**
 * An AppSpec: what a deployment deploys, and what validates it.
 *
 * Every one is held to the rules of its platform when it is made, so that what CodeDeploy would refuse in the middle of a release, or would take and never do, fails
 * at synth. Values that only deploying makes known are left alone.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html
 */
export abstract class AppSpecDocument {
  /**
   * Reads an AppSpec from a text, YAML or JSON.
   *
   * @param text at most 262,144 bytes
   * @throws with each rule that is broken, and its line
   */
  public static parse(text: string, options: AppSpecParseOptions = {}): AppSpecDocument {
    return new ReadAppSpec(readAppSpec(text, options.platform));
  }

  /**
   * Reads an AppSpec from a file, YAML, or JSON where its name ends so. Those of servers must be called `appspec.yml`.
   *
   * @param path the file, of at most 262,144 bytes; relative paths begin where synth runs
   * @throws with each rule that is broken, and its line
   */
  public static fromFile(path: string, options: AppSpecParseOptions = {}): AppSpecDocument {
    return new ReadAppSpec(readAppSpecFile(path, options.platform));
  }

  /** What the AppSpec is for. */
  public abstract readonly platform: AppSpecPlatform;

  /** @internal */
  protected constructor() {}

  /**
   * The AppSpec as a JSON text, in the form of the `content` of an AppSpecContent revision.
   *
   * @param scope a construct of the stack that will hold the text; warnings about the AppSpec are shown there
   */
  public toJson(scope: IConstruct): string {
    this.warn(scope);
    return printJson(scope, this._document());
  }

  /**
   * The AppSpec as a YAML text, as it stands in a file. Where it holds deploy-time values it is JSON, which is YAML too: only there they can be put in quotes.
   *
   * @param scope a construct of the stack that will hold the text; warnings about the AppSpec are shown there
   */
  public toYaml(scope: IConstruct): string {
    this.warn(scope);
    return printYaml(scope, this._document());
  }

  /** @internal */
  public abstract _document(): object;

  /** @internal */
  protected abstract _warnings(): readonly AppSpecFinding[];

  private warn(scope: IConstruct): void {
    this._warnings().forEach(({ rule, message }) => Annotations.of(scope).addWarningV2(`cdk-greenlight:appspec-${rule}`, `AppSpec: ${message}`));
  }
}

/** One that was read from a text. */
class ReadAppSpec extends AppSpecDocument {
  public readonly platform: AppSpecPlatform;

  constructor(private readonly read: ReturnType<typeof readAppSpec>) {
    super();
    this.platform = read.platform as AppSpecPlatform;
  }

  public _document(): object {
    return this.read.document;
  }

  protected _warnings(): readonly AppSpecFinding[] {
    return this.read.warnings;
  }
}
