/** The schema of suites and what judges by it, in a file of their own beside the command: rehearsals start faster without them. */
import schema from '../../build/schemas/suite.schema.json';
import { SchemaJudge } from '../documents/schema-problems';

export const suiteJudge = (): SchemaJudge => new SchemaJudge(schema);
