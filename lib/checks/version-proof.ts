import type { SettleDocument } from '../model/suite';
import type { DeployTimeValues } from '../private/deploy-time-values';
import { requireHeaderName, requireJsonPath } from '../private/http-syntax';

/** How a response proves that it came from the new version. */
export class VersionProof {
  /** A response header has this value; case of the name does not matter. */
  public static header(name: string, value: string): VersionProof {
    requireHeaderName(name);
    return new VersionProof((values) => ({ header: name, equals: values.replace(value) }));
  }

  /** A value in a JSON body is this text, found by a JSONPath of RFC 9535 such as `$.version`. */
  public static jsonPath(path: string, value: string): VersionProof {
    requireJsonPath(path);
    return new VersionProof((values) => ({ jsonPath: path, equals: values.replace(value) }));
  }

  private constructor(private readonly render: (values: DeployTimeValues) => NonNullable<SettleDocument['version']>) {}

  /** @internal */
  public _render(values: DeployTimeValues): NonNullable<SettleDocument['version']> {
    return this.render(values);
  }
}
