/**
 * Scripts against the bundle: whether they are there, and run on their operating system.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/hook_executor.rb
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/src/lifecycle_event/script.rs
 */
import { refuse } from './bundle-files';
import type { BundleTree, TreeNode } from './bundle-tree';
import { quoted } from './part';
import type { Rule } from './rules';
import type { Findings } from './section';
import type { OperatingSystem } from './server';
import type { Placed, PlacedScript } from './server-document';

/** What the agent and Windows start by themselves, and Linux only where a file names its interpreter. */
const RUN_ON_WINDOWS = ['.ps1', '.bat', '.cmd', '.exe', '.com'];

/** What ends a word of a command line, or has a meaning there, for `sh` and for Windows. */
const NOT_A_WORD = { linux: /[^A-Za-z0-9_@%+=:,./~^{}!#-]/, windows: /[\s&|<>^"%();,=]/ } as const;

const ELF = '\x7fELF';

type Problem = readonly [rule: Rule, message: string];

export function lintScripts(findings: Findings, scripts: readonly PlacedScript[], tree: BundleTree, heads: ReadonlyMap<string, string>, os: OperatingSystem): void {
  const judged = new Set<string>();
  scripts.forEach(({ location }) => {
    const result = tree.lookup(location.text);
    if (!('found' in result)) {
      refuse(findings, 'script', location, result);
      return;
    }
    const { found } = result;
    if (found.kind !== 'file') {
      findings.add('script-not-a-file', location.line, `'${location.place}' ${quoted(location.text)} is a folder; name the script in it`);
      return;
    }
    const about = os === undefined ? [] : [...wordProblem(location, os), ...(judged.has(found.path) ? [] : fileProblems(found, heads.get(found.path), os))];
    about.forEach(([rule, message]) => findings.add(rule, location.line, `'${location.place}' ${quoted(location.text)} ${message}`));
    judged.add(found.path);
  });
}

/** Paths of the scripts that are files of the bundle: those whose first bytes are to be read. */
export function scriptFiles(scripts: readonly PlacedScript[], tree: BundleTree): readonly string[] {
  const found = scripts.flatMap(({ location }) => {
    const result = tree.lookup(location.text);
    return 'found' in result && result.found.kind === 'file' ? [result.found.path] : [];
  });
  return [...new Set(found)];
}

function wordProblem({ text }: Placed, os: 'linux' | 'windows'): readonly Problem[] {
  const character = [...text].find((one) => NOT_A_WORD[os].test(one) && (os !== 'linux' || one.charCodeAt(0) < 0x80));
  return character === undefined ? [] : [['script-location-words', `has the character ${quoted(character)}, at which agents, which run it as a command line, end the path or do something else; rename it, and give arguments in another script`]];
}

function fileProblems(file: TreeNode, head: string | undefined, os: 'linux' | 'windows'): readonly Problem[] {
  const extension = /\.[^./]+$/.exec(file.path)?.[0]?.toLowerCase() ?? '';
  if (os === 'windows') {
    return RUN_ON_WINDOWS.includes(extension) ? [] : [['script-extension', `must end in one of ${RUN_ON_WINDOWS.join(', ')}, which Windows runs, got ${extension === '' ? 'no extension' : quoted(extension)}; call the program from such a script`]];
  }
  const problem = head === undefined || head.startsWith(ELF) ? undefined : textProblem(head, extension);
  return [...(problem === undefined ? [] : [problem]), ...(file.entry?.executable === false ? ([['script-not-executable', 'is not executable; the agent makes it so, but chmod +x makes it run by hand too']] as const) : [])];
}

/** The first thing that keeps a text from running on Linux. */
function textProblem(head: string, extension: string): Problem | undefined {
  if (/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/.test(head)) {
    return ['script-encoding', 'begins with a byte order mark, which hides the first line from Linux; save it as UTF-8 without one'];
  }
  if (!head.startsWith('#!') && RUN_ON_WINDOWS.includes(extension)) {
    return ['script-extension', `ends in ${quoted(extension)}, which Windows runs, and 'os' is linux; write a script for Linux, or begin it with "#!" and its interpreter`];
  }
  if (head.includes('\r\n')) {
    const why = /^#![^\n]*\r\n/.test(head) ? `and Linux looks for the interpreter ${quoted(/^#!\s*(\S+)/.exec(head)?.[1] ?? '')} with a CR at the end of its name` : 'and each command gets a CR at its end';
    return ['script-line-ends', `has lines that end with CR LF, ${why}; save it with LF, and keep it so by "*.sh text eol=lf" in .gitattributes`];
  }
  return shebangProblem(head);
}

function shebangProblem(head: string): Problem | undefined {
  if (!head.startsWith('#!')) {
    return ['script-interpreter-missing', 'does not begin with "#!" and an interpreter: agent 1 runs it by /bin/sh, agent 2 only under \'runas\'; write such as #!/bin/bash'];
  }
  const interpreter = /^#![ \t]*([^ \t\n]*)/.exec(head)?.[1] ?? '';
  return interpreter.startsWith('/') ? undefined : ['script-interpreter', `must name its interpreter by an absolute path after "#!", got ${quoted(interpreter)}; write such as #!/bin/bash, or #!/usr/bin/env python3`];
}
