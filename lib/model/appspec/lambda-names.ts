/**
 * Names of Lambda functions and aliases as Lambda takes them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
 */

const NAME = '[A-Za-z0-9_-]{1,64}';
const QUALIFIER = '(:(\\$LATEST|[A-Za-z0-9_-]{1,128}))?';
const ARN = 'arn:[a-z0-9-]+:lambda:[a-z0-9-]+:\\d{12}:function:';

const FUNCTION_NAME = new RegExp(`^(${ARN})?${NAME}$`);
const HOOK_FUNCTION = new RegExp(`^(${ARN}|\\d{12}:function:)?${NAME}${QUALIFIER}$`);
const ALIAS_NAME = /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/;
const VERSION = /^[1-9]\d*$/;

/** The name of a function, or its ARN without a version or an alias. */
export const isFunctionName = (text: string): boolean => FUNCTION_NAME.test(text);

/** What may be invoked: a name, an ARN or a part of one, with a version or an alias or without. */
export const isInvocable = (text: string): boolean => HOOK_FUNCTION.test(text);

export const isAliasName = (text: string): boolean => ALIAS_NAME.test(text);

/** The number of a published version. */
export const isVersionNumber = (text: string): boolean => VERSION.test(text);
