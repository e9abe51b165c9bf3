/**
 * Systems Manager, as far as hooks use it: the parameters of Parameter Store, and the states of change calendars.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
import type { GetCalendarStateResponse, GetParameterResult, PutParameterResult } from '@aws-sdk/client-ssm';
import type { ChangeCalendars } from '../engine/change-calendars';
import type { ParameterStore, ParameterType, StoredParameter } from '../engine/parameter-store';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { notModelled } from './aws-service';
import type { Fields } from './fields';

/** Prefix of `x-amz-target`. */
export const SSM_TARGET = 'AmazonSSM';

const TYPES: readonly string[] = ['String', 'StringList', 'SecureString'];
const NAME = /^[A-Za-z0-9_.\-/]{1,1011}$/;
const MAX_STANDARD_BYTES = 4096;

/** What the rehearsal leaves out of PutParameter. */
const OTHER_MEMBERS = ['AllowedPattern', 'Policies', 'Tags'] as const;

export function ssmService(place: AwsPlace, store: ParameterStore, calendars: ChangeCalendars): AwsService {
  return {
    name: 'ssm',
    operations: {
      GetCalendarState: (input, caller) => getCalendarState(place, calendars, input, caller),
      GetParameter: (input, caller) => getParameter(place, store, input, caller),
      PutParameter: (input, caller) => putParameter(place, store, input, caller),
      DeleteParameter: (input, caller) => {
        const name = plainName(input);
        caller.authorize('ssm:DeleteParameter', parameterArn(place, name));
        store.delete(name);
        return {};
      },
    },
  };
}

function getCalendarState(place: AwsPlace, calendars: ChangeCalendars, input: Fields, caller: Caller): GetCalendarStateResponse {
  const names = input.strings('CalendarNames') ?? [];
  if (names.length === 0) {
    throw invalid("1 validation error detected: Value at 'calendarNames' failed to satisfy constraint: Member must not be null");
  }
  const here = `arn:${place.partition}:ssm:${place.region}:${place.accountId}:document/`;
  names.forEach((name) => caller.authorize('ssm:GetCalendarState', name.startsWith('arn:') ? name : `${here}${name}`));
  const asked = input.string('AtTime');
  const at = asked === undefined ? place.now() : Date.parse(asked) - place.epochMs;
  if (Number.isNaN(at)) {
    throw invalid(`AtTime must be in ISO 8601 format, got ${asked}`);
  }
  const { open, nextTransitionAt } = calendars.read(names.map((name) => (name.startsWith(here) ? name.slice(here.length) : name)), at);
  const written = (ms: number) => new Date(place.epochMs + ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return { State: open ? 'OPEN' : 'CLOSED', AtTime: written(at), ...(nextTransitionAt === undefined ? {} : { NextTransitionTime: written(nextTransitionAt) }) };
}

/** The slash that begins a name is the one that ends `parameter`. */
export function parameterArn({ partition, region, accountId }: AwsPlace, name: string): string {
  return `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
}

function getParameter(place: AwsPlace, store: ParameterStore, input: Fields, caller: Caller): GetParameterResult {
  const asked = requiredText(input, 'Name');
  const { name, selector } = selected(place, store, asked);
  const arn = parameterArn(place, name);
  caller.authorize('ssm:GetParameter', arn);
  const parameter = store.get(name, versionOf(selector));
  return {
    Parameter: {
      Name: name,
      Type: parameter.type,
      Value: input.boolean('WithDecryption') === true || parameter.type !== 'SecureString' ? decrypted(place, arn, parameter, caller) : ciphertext(parameter),
      Version: parameter.version,
      ...(selector === undefined ? {} : { Selector: `:${selector}` }),
      LastModifiedDate: new Date(place.epochMs + parameter.modifiedAt),
      ARN: arn,
      DataType: 'text',
    },
  };
}

/** Name, or the whole ARN, and behind a colon the version. */
function selected(place: AwsPlace, store: ParameterStore, asked: string): { readonly name: string; readonly selector: string | undefined } {
  const here = parameterArn(place, '');
  const inArn = asked.startsWith(here) ? asked.slice(here.length) : undefined;
  if (inArn === undefined && asked.startsWith('arn:')) {
    throw notModelled(`GetParameter of another account or region (${asked})`);
  }
  const [, whole = '', selector] = /^([^:]*)(?::(.+))?$/.exec(inArn ?? asked) ?? [];
  // Two names lead to one ARN: with the slash that begins it and without.
  const name = inArn === undefined ? whole : (store.names().find((known) => known.replace(/^\//, '') === whole) ?? `/${whole}`);
  return { name: validName(name), selector };
}

function versionOf(selector: string | undefined): number | undefined {
  if (selector !== undefined && !/^\d+$/.test(selector)) {
    throw notModelled(`GetParameter by the label ${selector}`);
  }
  return selector === undefined ? undefined : Number(selector);
}

/** The service decrypts in the caller's name: with a key of the customer's, who reads needs the permission for the key too. */
function decrypted({ region }: AwsPlace, arn: string, { keyArn, value }: StoredParameter, caller: Caller): string {
  if (keyArn !== undefined) {
    caller.authorize('kms:Decrypt', keyArn, { 'kms:ViaService': `ssm.${region}.amazonaws.com`, 'kms:EncryptionContext:PARAMETER_ARN': arn });
  }
  return value;
}

function ciphertext({ name, version }: StoredParameter): string {
  return Buffer.from(`ciphertext of ${name}, version ${version}`).toString('base64');
}

function putParameter(place: AwsPlace, store: ParameterStore, input: Fields, caller: Caller): PutParameterResult {
  const name = plainName(input);
  caller.authorize('ssm:PutParameter', parameterArn(place, name), { 'ssm:Overwrite': String(input.boolean('Overwrite') === true) });
  const other = OTHER_MEMBERS.find((member) => input.has(member));
  if (other !== undefined) {
    throw notModelled(`PutParameter with ${other}`);
  }
  const { type, value } = { type: input.string('Type'), value: requiredText(input, 'Value') };
  if (type !== undefined && !TYPES.includes(type)) {
    throw invalid(`1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`);
  }
  if (Buffer.byteLength(value) > MAX_STANDARD_BYTES) {
    throw invalid(`Standard tier parameters support a maximum parameter value of ${MAX_STANDARD_BYTES} characters.`);
  }
  const keyArn = keyOf(place, input.string('KeyId'));
  const { version } = store.put({
    name,
    value,
    overwrite: input.boolean('Overwrite') === true,
    ...(type === undefined ? {} : { type: type as ParameterType }),
    ...(keyArn === undefined ? {} : { keyArn }),
  });
  return { Version: version, Tier: 'Standard' };
}

/** The key of AWS needs no permission; one behind an alias cannot be known. */
function keyOf({ partition, region, accountId }: AwsPlace, id: string | undefined): string | undefined {
  if (id?.includes('alias/') === true && !id.endsWith('alias/aws/ssm')) {
    throw notModelled(`PutParameter with the key ${id}`);
  }
  const ofAws = id === undefined || id.endsWith('alias/aws/ssm');
  if (ofAws) {
    return undefined;
  }
  return id.startsWith('arn:') ? id : `arn:${partition}:kms:${region}:${accountId}:key/${id}`;
}

/** Only reading takes an ARN. */
function plainName(input: Fields): string {
  return validName(requiredText(input, 'Name'));
}

function validName(name: string): string {
  if (!NAME.test(name)) {
    throw invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive) and must consist only of letters, digits, '.', '-', '_' and '/', got '${name}'.`);
  }
  return name;
}

function requiredText(input: Fields, name: string): string {
  const value = input.string(name);
  if (value === undefined || value === '') {
    throw invalid(`1 validation error detected: Value at '${name.toLowerCase()}' failed to satisfy constraint: Member must not be null`);
  }
  return value;
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
