/** What of a template the emulator can create, and the template with what it cannot resolve replaced. Pure. */

/** @returns the resources by whether the emulator's CloudFormation creates them */
export function divide(template, supportedTypes) {
  const supported = new Set(supportedTypes);
  const all = Object.entries(template.Resources).map(([logicalId, { Type, Properties = {} }]) => ({ logicalId, type: Type, properties: Properties }));
  return { created: all.filter(({ type }) => supported.has(type)), leftOut: all.filter(({ type }) => !supported.has(type)) };
}

/**
 * The emulator leaves out what it does not support, but refuses a template that reads an attribute of it. Such an attribute becomes a text that says so;
 * nothing else of the template changes.
 * @returns the template, and each attribute that was replaced, as often as it was
 */
export function withoutAttributesOf(template, leftOut, place) {
  const gone = new Map(leftOut.map(({ logicalId, type }) => [logicalId, type]));
  const replaced = [];
  const rewrite = (value) => {
    if (Array.isArray(value)) {
      return value.map(rewrite);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const attribute = attributeOf(value);
    const type = gone.get(attribute?.split('.')[0]);
    if (type !== undefined) {
      replaced.push(attribute);
      return standIn(attribute, type, place);
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rewrite(member)]));
  };
  return { template: rewrite(template), replaced };
}

/** Policies are refused where a resource does not look like an ARN. */
function standIn(attribute, type, { account, region }) {
  const service = type.split('::')[1].toLowerCase();
  return attribute.endsWith('Arn') ? `arn:aws:${service}:${region}:${account}:not-emulated:${attribute}` : `not-emulated:${attribute}`;
}

function attributeOf(value) {
  const path = value['Fn::GetAtt'];
  return Array.isArray(path) ? path.join('.') : path;
}

/** Files that the stack's asset manifest wants in a bucket, as bucket and key. */
export function filesOf(manifest, { account, region }) {
  const named = (text) => text.replaceAll('${AWS::AccountId}', account).replaceAll('${AWS::Region}', region);
  return Object.values(manifest.files ?? {}).flatMap(({ destinations }) => Object.values(destinations).map(({ bucketName, objectKey }) => ({ bucket: named(bucketName), key: objectKey })));
}
