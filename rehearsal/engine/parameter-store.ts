/**
 * The parameters of Systems Manager, with their versions.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
import { ServiceError } from './ports';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface StoredParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  /** From 1. */
  readonly version: number;
  /** Virtual milliseconds. */
  readonly modifiedAt: number;
  /** ARN of the customer's key of a SecureString; absent: the one of AWS. */
  readonly keyArn?: string;
}

/** What a write says; what is left out stays as it is. */
export interface ParameterWrite {
  readonly name: string;
  readonly value: string;
  readonly type?: ParameterType;
  readonly keyArn?: string;
  readonly overwrite: boolean;
}

/** The service keeps so many versions, and drops the oldest one then. */
const MAX_VERSIONS = 100;

const ALREADY_THERE = 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.';

export class ParameterStore {
  private readonly histories = new Map<string, readonly StoredParameter[]>();

  constructor(private readonly now: () => number) {}

  /** A parameter as it is before anything happens; it takes the place of another one of its name. */
  seed({ name, type, value, keyArn }: Pick<StoredParameter, 'name' | 'type' | 'value' | 'keyArn'>): void {
    this.histories.set(name, [{ name, type, value, version: 1, modifiedAt: 0, ...(keyArn === undefined ? {} : { keyArn }) }]);
  }

  /** @throws ServiceError `ParameterNotFound`, `ParameterVersionNotFound` */
  get(name: string, version?: number): StoredParameter {
    const history = this.histories.get(name);
    if (history === undefined) {
      // The service sends no text along.
      throw new ServiceError('ParameterNotFound', '');
    }
    const found = version === undefined ? history.at(-1) : history.find((one) => one.version === version);
    if (found === undefined) {
      throw new ServiceError('ParameterVersionNotFound', `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`);
    }
    return found;
  }

  find(name: string): StoredParameter | undefined {
    return this.histories.get(name)?.at(-1);
  }

  names(): readonly string[] {
    return [...this.histories.keys()];
  }

  /** @throws ServiceError `ParameterAlreadyExists`, `HierarchyTypeMismatchException`, `ValidationException` */
  put({ name, value, type, keyArn, overwrite }: ParameterWrite): StoredParameter {
    const before = this.find(name);
    if (before !== undefined && !overwrite) {
      throw new ServiceError('ParameterAlreadyExists', ALREADY_THERE);
    }
    const kept = type ?? before?.type;
    if (kept === undefined) {
      throw new ServiceError('ValidationException', 'A parameter type is required when you create a parameter.');
    }
    if (before !== undefined && before.type !== kept) {
      throw new ServiceError('HierarchyTypeMismatchException', `The parameter ${name} is of type ${before.type} and cannot become ${kept}.`);
    }
    const key = keyArn ?? before?.keyArn;
    const written = { name, type: kept, value, version: (before?.version ?? 0) + 1, modifiedAt: this.now(), ...(key === undefined ? {} : { keyArn: key }) };
    this.histories.set(name, [...(this.histories.get(name) ?? []), written].slice(-MAX_VERSIONS));
    return written;
  }

  /** @throws ServiceError `ParameterNotFound` */
  delete(name: string): void {
    this.get(name);
    this.histories.delete(name);
  }
}
