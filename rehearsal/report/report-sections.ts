/** The sections below the timeline: what was denied, what was found, what the rehearsal cannot know. */
import type { IamDecisionReport, Report } from '../../lib/model/report';
import type { Style } from './style';
import { clean, shorten, wrap } from './text';

const LABEL = 10;
const TITLE = '  ';

/** Calls that were denied, each with the statement that is missing, and calls that the template cannot decide. */
export function permissionLines({ iam }: Report, style: Style): string[] {
  const calls = distinct(iam.filter(({ decision }) => decision !== 'allow'));
  return calls.length === 0 ? [] : [`${TITLE}${style.paint.bold('Permissions')}`, ...calls.flatMap((call) => callLines(call, style))];
}

function distinct(calls: readonly IamDecisionReport[]): readonly IamDecisionReport[] {
  return [...new Map(calls.map((call) => [[call.principal, call.action, call.resource, call.decision].join(' '), call])).values()];
}

function callLines(call: IamDecisionReport, { paint, signs, width }: Style): string[] {
  const denied = call.decision === 'deny';
  const mark = denied ? paint.red(`${signs.bad} denied `) : paint.yellow(`${signs.unknown} unknown`);
  const pad = ' '.repeat(2 + LABEL);
  const role = clean(call.principal.split('/').at(-1) ?? call.principal);
  const missing = call.missingStatement;
  const by = denied ? `by ${role}` : `by ${role}; a policy outside the template may decide`;
  const statement = missing === undefined ? [] : [
    'missing statement:',
    '{ "Effect": "Allow",',
    `  "Action": ${JSON.stringify(missing.Action)},`,
    `  "Resource": ${JSON.stringify(missing.Resource)} }`,
  ];
  return [
    `${TITLE}${mark} ${clean(call.action)}`,
    // ARNs are left in one piece, however long, so that they can be copied.
    ...(missing === undefined ? [`${pad}on ${clean(call.resource)}`] : []),
    ...wrap(by, width - pad.length).map((text) => `${pad}${paint.dim(text)}`),
    ...statement.map((text) => `${pad}${text}`),
  ];
}

export function findingLines({ findings }: Report, style: Style): string[] {
  const { paint, width } = style;
  const pad = ' '.repeat(2 + LABEL);
  const color = { error: paint.red, warning: paint.yellow, info: paint.cyan };
  const lines = findings.flatMap(({ level, id, message, remedy }) => [
    ...wrap(`${message} (${id})`, width - pad.length).map((text, index) => {
      const lead = index === 0 ? `${TITLE}${color[level](level.padEnd(LABEL))}` : pad;
      return `${lead}${text}`;
    }),
    ...(remedy === '' ? [] : wrap(remedy, width - pad.length).map((text) => `${pad}${paint.dim(text)}`)),
  ]);
  return lines.length === 0 ? [] : [`${TITLE}${paint.bold('Findings')}`, ...lines];
}

/** One line for what is approximated and one for what is left out; the JSON report has the whole lists. */
export function fidelityLines({ fidelity }: Report, { paint, signs, width }: Style): string[] {
  const parts = [
    ['approximated', fidelity.approximated],
    ['not modelled', fidelity.notModelled],
  ] as const;
  const room = width - 2 - LABEL;
  const some = parts.filter(([, items]) => items.length > 0);
  const lines = some.map(([name, items]) => enumerated(`${items.length} ${name}: `, items, room, signs.ellipsis));
  const shown = lines.length === 0 ? ['everything that took part is modelled'] : lines;
  return shown.map((text, index) => `${TITLE}${paint.dim((index === 0 ? 'Fidelity' : '').padEnd(LABEL))}${text}`);
}

/** As many items as one line holds, and how many more there are. */
function enumerated(lead: string, items: readonly string[], room: number, ellipsis: string): string {
  for (let count = items.length; count > 0; count -= 1) {
    const rest = items.length - count;
    const text = clean(`${lead}${items.slice(0, count).join('; ')}${rest === 0 ? '' : `; and ${rest} more`}`);
    if (text.length <= room) {
      return text;
    }
  }
  const more = items.length === 1 ? '' : `; and ${items.length - 1} more`;
  return `${shorten(`${lead}${items[0] ?? ''}`, room - more.length, ellipsis)}${more}`;
}
