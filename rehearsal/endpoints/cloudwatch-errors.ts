/** CloudWatch's errors: their names in JSON and CBOR, in query, and their status. */
import { ServiceError } from '../engine/ports';

/** Names that differ between the protocols: new name to the one that query clients know. */
const QUERY_NAMES: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'ResourceNotFoundException',
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
  InvalidFormatFault: 'InvalidFormat',
  ValidationException: 'ValidationError',
  AccessDeniedException: 'AccessDenied',
  UnknownOperationException: 'InvalidAction',
  SerializationException: 'MalformedInput',
};

export const queryErrorName = (code: string): string => QUERY_NAMES[code] ?? code;

export const invalidValue = (message: string): ServiceError => new ServiceError('InvalidParameterValueException', message);

export const invalidCombination = (message: string): ServiceError => new ServiceError('InvalidParameterCombinationException', message);

export const missing = (parameter: string): ServiceError =>
  new ServiceError('MissingRequiredParameterException', `The parameter ${parameter} is required.`);

/** The text that the front door writes for a member outside its constraint. */
export const constraint = (value: string, member: string, rule: string): ServiceError =>
  new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
