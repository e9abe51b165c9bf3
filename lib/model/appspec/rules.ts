/** Every rule that an AppSpec is held to. The id and the platforms of a rule are contract: the documentation lists them, and synth's warnings are acknowledged by id. */

export type Platform = 'ecs' | 'lambda' | 'server';

export const PLATFORMS: readonly Platform[] = ['ecs', 'lambda', 'server'];

/** What users call a platform in a sentence. */
export const PLATFORM_NAMES: Readonly<Record<Platform, string>> = { ecs: 'an ECS service', lambda: 'a Lambda function', server: 'EC2 and on-premises servers' };

/**
 * `error`: the service or the agent refuses it, or leaves out what was asked for.
 * `warning`: it may work, and not as it is written.
 */
export type Level = 'error' | 'warning';

export interface RuleFacts {
  readonly level: Level;
  /** What holds when the rule is kept. */
  readonly says: string;
}

const error = (says: string): RuleFacts => ({ level: 'error', says });
const warning = (says: string): RuleFacts => ({ level: 'warning', says });

/** What every AppSpec is, whatever it is for. */
export const DOCUMENT_RULES = {
  'not-utf8': error('the file is UTF-8'),
  'not-json': error('a JSON file is JSON, without comments and trailing commas'),
  'not-yaml': error('a YAML file is YAML; tabs do not indent'),
  'several-documents': error('one file holds one document'),
  'duplicate-key': error('a map has no key twice; on ECS and Lambda, case does not tell keys apart'),
  'key-not-text': error('keys are texts'),
  'unknown-tag': error('there are no tags such as `!Sub` or `!Ref`'),
  'unknown-alias': error('an alias `*name` follows its anchor; texts that begin with `*` stand in quotes'),
  'too-large': error('at most 20,000 values, 32 levels deep, aliases written out'),
  'not-a-map': error('the document is a map, and not empty'),
  'platform-unknown': error('the content tells the platform, or `--platform` does'),
  'version-missing': error('there is a `version`'),
  'version-unsupported': error('the `version` is 0.0'),
  'wrong-type': error('a value is a text, a number, a list or a map, as its key asks for'),
  'unknown-key': error('every key has a meaning where it stands'),
  'foreign-section': error('every section belongs to the platform'),
} as const satisfies Record<string, RuleFacts>;

/** What AppSpecs of ECS and of Lambda share: one resource, and hooks that are functions. */
export const RESOURCE_RULES = {
  'resources-missing': error('there are `Resources`'),
  'resources-count': error('`Resources` is a list of exactly one resource'),
  'resource-keys': error('the resource is a map with its name as the only key'),
  'type-missing': error('the resource has a `Type`'),
  'type-wrong': error('the `Type` is `AWS::ECS::Service`, or `AWS::Lambda::Function`'),
  'properties-missing': error('the resource has `Properties`'),
  'function-hooks-not-list': error('`Hooks` is a list of maps'),
  'function-hook-keys': error('each entry of `Hooks` binds one event'),
  'function-hook-unknown': error('hooks stand at events of the platform'),
  'function-hook-reserved': error("no hook stands at an event of the service's own"),
  'function-hook-twice': error('an event has one hook'),
  'function-hook-empty': error('a hook names its function'),
  'function-hook-invalid': error('a hook is the name or the ARN of a Lambda function'),
} as const satisfies Record<string, RuleFacts>;

export const ECS_RULES = {
  'resource-name': error('the resource is called `TargetService`'),
  'task-definition-missing': error('there is a `TaskDefinition`'),
  'task-definition-arn': warning('`TaskDefinition` is an ARN, or `<TASK_DEFINITION>`, which CodePipeline fills in'),
  'load-balancer-missing': error('there is a `LoadBalancerInfo`'),
  'container-name-missing': error('there is a `ContainerName`'),
  'container-port-missing': error('there is a `ContainerPort`'),
  'container-port-range': error('`ContainerPort` is a whole number from 0 to 65535'),
  'container-port-text': warning('`ContainerPort` is a number, not a text'),
  'container-port-zero': warning('`ContainerPort` is not 0'),
  'platform-version': error('`PlatformVersion` is `LATEST`, or three numbers with dots'),
  'awsvpc-missing': error('`NetworkConfiguration` has an `AwsvpcConfiguration`'),
  'network-incomplete': error('`Subnets`, `SecurityGroups` and `AssignPublicIp` are all there, or none'),
  'network-list-size': error('1 to 16 subnets, 1 to 5 security groups'),
  'network-entry': error('subnets begin with `subnet-`, security groups with `sg-`'),
  'assign-public-ip': error('`AssignPublicIp` is `ENABLED` or `DISABLED`'),
  'capacity-count': error('`CapacityProviderStrategy` has 1 to 20 entries'),
  'capacity-provider-missing': error('each entry has a `CapacityProvider`'),
  'capacity-base-range': error('`Base` is a whole number from 0 to 100000'),
  'capacity-base-twice': error('one entry has a `Base` above 0'),
  'capacity-weight-range': error('`Weight` is a whole number from 0 to 1000'),
  'capacity-weight-zero': error('one entry at least has a `Weight` above 0'),
  'capacity-mixed': error('Fargate providers and others do not stand in one strategy'),
} as const satisfies Record<string, RuleFacts>;

export const LAMBDA_RULES = {
  'resource-name-empty': error('the resource has a name'),
  'function-name-missing': error('there is a `Name`'),
  'function-name-invalid': error('`Name` is that of a Lambda function'),
  'alias-missing': error('there is an `Alias`'),
  'alias-invalid': error('`Alias` has 1 to 128 letters, digits, `-` and `_`, and is no number'),
  'current-version-missing': error('there is a `CurrentVersion`'),
  'target-version-missing': error('there is a `TargetVersion`'),
  'function-version-invalid': error('versions are whole numbers from 1, and not `$LATEST`'),
  'function-version-same': warning('`TargetVersion` is another than `CurrentVersion`'),
} as const satisfies Record<string, RuleFacts>;

export const SERVER_RULES = {
  'file-name': error('the file is called `appspec.yml`'),
  'file-name-json': error('the file is no `.json`'),
  'file-name-yaml': warning('the file is no `appspec.yaml`, which older agents do not look for'),
  'version-text': error('the `version` stands without quotes'),
  'os-missing': error('there is an `os`'),
  'os-unsupported': error('the `os` is `linux` or `windows`'),
  'file-exists-behavior': error('`file_exists_behavior` is `DISALLOW`, `OVERWRITE` or `RETAIN`'),
  'file-source-missing': error('a file has a `source`'),
  'file-destination-missing': error('a file has a `destination`'),
  'file-destination-relative': warning('a `destination` is an absolute path of the `os`'),
  'file-twice': error('no source has the same destination twice'),
  'permissions-on-windows': error('there are no `permissions` on Windows'),
  'permission-object-missing': error('a permission has an `object`'),
  'permission-pattern-on-file': error('a permission of a file has no `pattern` but `**`'),
  'permission-except-on-file': error('a permission of a file has no `except`'),
  'permission-twice': error('no two permissions set the same objects'),
  'permission-type': error('a `type` is `file` or `directory`'),
  'mode-length': error('a `mode` has 1 to 4 digits'),
  'mode-digits': error('the digits of a `mode` are 0 to 7'),
  'mode-octal': error('a `mode` with a leading 0 stands in quotes: agents read YAML 1.1, where it is an octal number'),
  'acl-parts': error('an ACL entry has 2 to 4 parts between colons'),
  'acl-default': error('an ACL entry of 4 parts begins with `d` or `default`, once'),
  'acl-kind': error('an ACL entry is for `u`, `g`, `m` or `o`'),
  'acl-name': error('an ACL entry for `m` or `o` has no name'),
  'acl-unnamed': error('an ACL entry that is no default, and not for the mask, names its user or group'),
  'acl-permissions': error('the permissions of an ACL entry are letters of `rwx-`, or one octal digit'),
  'acl-default-on-file': error('default ACL entries are for `type: [directory]`'),
  'context-type-missing': error('a `context` has a `type`'),
  'context-user': warning('the user of a `context` stands under `name` too, which is the key that agents read'),
  'range-parts': error('a `range` is `s0`, `s0-s1`, or either with `:` and categories'),
  'range-sensitivity': error('a sensitivity is `s` and a number'),
  'range-sensitivity-order': error('the second sensitivity of a `range` is not below the first'),
  'range-category': error('a category is `c` and a number up to 1023'),
  'range-category-order': error('categories such as `c1.c5` rise'),
  'range-category-twice': error('a `range` has no category twice'),
  'script-hooks-not-map': error('`hooks` is a map of events'),
  'script-hook-unknown': error('scripts stand at events of the platform'),
  'script-hook-reserved': error("no script stands at an event of the agent's or the service's own"),
  'script-hook-empty': warning('an event has scripts'),
  'script-hook-not-list': error('the scripts of an event are a list of maps'),
  'script-location-missing': error('a script has a `location`'),
  'script-timeout': error('a `timeout` is a whole number of seconds from 1'),
  'script-timeout-sum': error('the timeouts of an event come to 3600 seconds at most'),
  'runas-on-windows': warning('there is no `runas` and no `sudo` on Windows'),
} as const satisfies Record<string, RuleFacts>;

/** What a document alone can keep or break. */
export const RULES = { ...DOCUMENT_RULES, ...RESOURCE_RULES, ...ECS_RULES, ...LAMBDA_RULES, ...SERVER_RULES };

/** What the bundle of a server keeps or breaks together with its AppSpec. */
export const BUNDLE_RULES = {
  'bundle-size': error('the files of a bundle come to 5 GB at most'),
  'bundle-entries': error('a bundle has 100,000 files and folders at most, and `files` copies 250,000 at most'),
  'bundle-path-length': error('a path is no longer than hosts take, in the folder that agents unpack into, and where it is copied to'),
  'bundle-name-utf8': error('names are UTF-8'),
  'bundle-name-characters': error('names have no control characters, and on Windows only what Windows takes'),
  'bundle-name-case': error('on Windows, no two names differ in case only'),
  'bundle-link-outside': error('links lead to something in the bundle, by relative paths'),
  'bundle-link-dangling': error('what a link leads to is in the bundle'),
  'bundle-link-on-windows': error('a bundle for Windows has no links'),
  'bundle-special-file': error('a bundle has files, folders and links only, and no sockets, pipes or devices'),
  'file-source-outside': error('a `source` does not lead out of the bundle'),
  'file-source-absent': error('a `source` is in the bundle, in this case of letters'),
  'file-source-link': warning('a `source` is no link to a folder: agents differ in what they copy'),
  'file-target-twice': error('no two files are copied to one place, and none to that of a folder'),
  'permission-without-effect': warning('the `object` of a permission is something that is copied, or a folder above it'),
  'script-outside': error('the `location` of a script does not lead out of the bundle'),
  'script-absent': error('a script is in the bundle, in this case of letters'),
  'script-not-a-file': error('a script is a file'),
  'script-location-words': error('the `location` of a script has no spaces and no characters that shells act on: agents run it as a command line'),
  'script-extension': error('the extension of a script is one that its `os` runs'),
  'script-encoding': error('a script for Linux begins with its first character, without a byte order mark'),
  'script-line-ends': error('the lines of a script for Linux end with LF, and not with CR LF'),
  'script-interpreter': error('after `#!` stands the absolute path of an interpreter'),
  'script-interpreter-missing': warning('a script for Linux begins with `#!` and its interpreter'),
  'script-not-executable': warning('a script for Linux is executable'),
  'script-hook-without-load-balancer': warning('scripts at events of traffic are for deployment groups with a load balancer'),
} as const satisfies Record<string, RuleFacts>;

const ALL_RULES = { ...RULES, ...BUNDLE_RULES };

export type Rule = keyof typeof ALL_RULES;

/** Something that breaks a rule, and where. */
export interface AppSpecFinding {
  readonly rule: Rule;
  readonly level: Level;
  /** From 1; 0 where there is no text. */
  readonly line: number;
  /** The value, the range and the remedy, on one line. */
  readonly message: string;
}

/** A finding of a rule. */
export function finding(rule: Rule, line: number, message: string): AppSpecFinding {
  return { rule, level: ALL_RULES[rule].level, line, message };
}
