/** Whether a resource is made by a function of somebody's. */
export const isCustom = (type: string): boolean => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
