/**
 * `context` of a permission: the SELinux labels.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/application_specification/context_info.rb
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/application_specification/range_info.rb
 */
import { quoted } from './part';
import type { Rule } from './rules';
import type { Findings } from './section';
import { Section } from './section';

const MAX_CATEGORY = 1023;

export function lintContext(findings: Findings, permission: Section): void {
  const map = permission.map('context', permission.optional('context'));
  if (map === undefined) {
    return;
  }
  const place = permission.placeOf('context');
  const context = new Section(findings, map, { line: permission.lineOf('context'), place, keys: ['user', 'name', 'type', 'range'], anyCase: false });
  context.requiredText('type', 'context-type-missing', 'write the SELinux type, such as httpd_sys_content_t');
  const user = context.optionalText('user');
  if (user !== undefined && context.optional('name') === undefined) {
    findings.add('context-user', user.line, `'${place}.user' is what the documentation calls it, and agents read 'name'; add name: ${quoted(user.text)}`);
  }
  const range = context.optionalText('range');
  const problem = range === undefined ? undefined : rangeProblem(range.text);
  if (range !== undefined && problem !== undefined) {
    findings.add(problem.rule, range.line, `'${place}.range' ${problem.why}, got ${quoted(range.text)}; ${problem.remedy}`);
  }
}

interface Problem {
  readonly rule: Rule;
  readonly why: string;
  readonly remedy: string;
}

const PARTS: Problem = { rule: 'range-parts', why: 'must be of the form s0, s0-s1, s0:c1,c3.c5 or s0-s1:c1,c3.c5', remedy: 'leave it out for s0' };

/** The first thing that is wrong with a range. */
function rangeProblem(range: string): Problem | undefined {
  const [sensitivities, categories] = twoParts(range, ':');
  const [low, high] = twoParts(sensitivities, '-');
  if (sensitivities === '' || categories === '' || low === '' || high === '') {
    return PARTS;
  }
  const levels = [low, ...(high === undefined ? [] : [high])].map((sensitivity) => numberAfter('s', sensitivity));
  const [first, second] = levels;
  if (levels.includes(undefined)) {
    return { rule: 'range-sensitivity', why: 'must have sensitivities of s and a number', remedy: 'write such as s0, or leave it out' };
  }
  if (first !== undefined && second !== undefined && second < first) {
    return { rule: 'range-sensitivity-order', why: `must not fall from s${first} to s${second}`, remedy: 'swap them' };
  }
  return categories === undefined ? undefined : categoryProblem(categories.split(','));
}

function categoryProblem(parts: readonly string[]): Problem | undefined {
  const seen = new Set<number>();
  for (const part of parts) {
    const [from, to = from] = twoParts(part, '.');
    const [low, high] = [numberAfter('c', from), numberAfter('c', to)];
    if (low === undefined || high === undefined || low > MAX_CATEGORY || high > MAX_CATEGORY) {
      return { rule: 'range-category', why: `must have categories of c and a number from 0 to ${MAX_CATEGORY}, and ${quoted(part)} is none`, remedy: 'write such as c1, or c1.c5' };
    }
    if (high < low) {
      return { rule: 'range-category-order', why: `must not fall from c${low} to c${high}`, remedy: 'swap them' };
    }
    for (let category = low; category <= high; category += 1) {
      if (seen.has(category)) {
        return { rule: 'range-category-twice', why: `must not have the category c${category} twice`, remedy: 'remove one' };
      }
      seen.add(category);
    }
  }
  return undefined;
}

/** What stands before the first separator and after it; only the whole where there is none. */
function twoParts(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function numberAfter(letter: string, text: string): number | undefined {
  return new RegExp(`^${letter}\\d+$`).test(text) ? Number(text.slice(1)) : undefined;
}
