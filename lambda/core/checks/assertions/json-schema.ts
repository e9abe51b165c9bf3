import type { ConditionDocument } from '../../../../lib/model/suite';
import { excerpt } from '../../text';
import type { Engines } from '../engines';
import type { Condition, Observation, Polarity } from './condition';
import { observeJson, shown } from './json-path';

type JsonSchemaDocument = Extract<ConditionDocument, { readonly kind: 'jsonSchema' }>;

/** The body, or every value that a path selects, matches the schema; what is not there matches none. */
export function jsonSchema({ schema, path }: JsonSchemaDocument, engines: Engines, polarity: Polarity): Condition {
  const validate = engines.schema(schema);
  const select = path === undefined ? (document: unknown) => [document] : engines.jsonPath(path);
  return {
    what: path === undefined ? 'JSON body' : `JSON path ${excerpt(path)}`,
    threshold: 'a match of the schema',
    unexpected: 'no match of the schema',
    observe: (answer) => observeJson(answer, (document) => judge(select(document), validate, polarity)),
  };
}

function judge(values: readonly unknown[], validate: ReturnType<Engines['schema']>, polarity: Polarity): Observation {
  if (values.length === 0) {
    return { missing: 'selected nothing,' };
  }
  const problems = values.map(validate);
  const other = problems.findIndex((problem) => !polarity(problem === undefined));
  const problem = problems[Math.max(0, other)];
  if (problem === undefined) {
    return { holds: other < 0, measured: shown(values[Math.max(0, other)]) };
  }
  const place = problem.pointer === '' ? '' : ` at ${excerpt(problem.pointer)}`;
  const found = shown(problem.found);
  return { holds: other < 0, measured: `${found}${place}`, shown: `${found}${place}, which ${problem.expected}` };
}
