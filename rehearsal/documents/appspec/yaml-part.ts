import { LineCounter, Scalar, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Alias, Node, Pair, YAMLError, YAMLMap } from 'yaml';

import type { Entry, Part, ScalarPart } from '../../../lib/model/appspec/part';
import { quoted } from '../../../lib/model/appspec/part';
import type { AppSpecFinding } from '../../../lib/model/appspec/rules';
import { finding } from '../../../lib/model/appspec/rules';
import { Builder, tooLarge, withinLimits } from './builder';
import type { Reading } from './read-appspec';

/** What no YAML may hold; the parser lets them pass. */
const CONTROL_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

export function readYaml(text: string): Reading {
  return withinLimits(() => {
    const control = CONTROL_CHARACTER.exec(text);
    if (control !== null) {
      const code = control[0].charCodeAt(0).toString(16).padStart(4, '0');
      return { findings: [finding('not-yaml', lineAt(text, control.index), `not YAML: the control character U+${code} stands here; remove it`)] };
    }
    const lines = new LineCounter();
    // Equal keys are for us to find: the parser compares each with each.
    const document = parseDocument(text, { lineCounter: lines, schema: 'core', customTags: [], prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
    const last = lineAt(text, text.trimEnd().length);
    const broken = [...document.errors, ...document.warnings].map((error) => inWords(error, Math.min(lines.linePos(error.pos[0]).line, last)));
    if (broken.length > 0) {
      return { findings: firstOfSyntax(broken) };
    }
    const builder = new Builder();
    const root = new YamlParts(lines, builder).of(document.contents, 1, 1);
    return builder.findings.length > 0 ? { findings: builder.findings } : { root };
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function inWords({ code, message }: YAMLError, line: number): AppSpecFinding {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return finding('several-documents', line, 'an AppSpec is one YAML document, and here a second one begins; give it a file of its own');
    case 'TAG_RESOLVE_FAILED': {
      const tag = /!\S*/.exec(message)?.[0] ?? '!';
      return finding('unknown-tag', line, `the tag ${quoted(tag)} has no meaning in an AppSpec, which is taken as it stands; write the value itself`);
    }
    case 'RESOURCE_EXHAUSTION':
      return tooLarge(line);
    case 'TAB_AS_INDENT':
      return finding('not-yaml', line, 'not YAML: a tab indents this line; use spaces');
    default:
      return finding('not-yaml', line, `not YAML: ${message.slice(0, 1).toLowerCase()}${message.slice(1)}`);
  }
}

/** What comes after the first mistake in the syntax is often only its consequence. */
function firstOfSyntax(findings: readonly AppSpecFinding[]): readonly AppSpecFinding[] {
  const syntax = findings.find(({ rule }) => rule === 'not-yaml' || rule === 'too-large');
  return syntax === undefined ? findings : [syntax];
}

class YamlParts {
  private readonly anchors = new Map<string, Node>();
  /** Line of the alias whose target is being written out, if one is. */
  private aliasLine: number | undefined;

  constructor(
    private readonly lines: LineCounter,
    private readonly builder: Builder,
  ) {}

  /** @param line that of the key, for a value that is not there */
  public of(node: Node | null, line: number, depth: number): Part {
    const own = this.lineOf(node, line);
    this.builder.enter(this.aliasLine ?? own, depth);
    if (node === null) {
      return { kind: 'scalar', line, value: null };
    }
    if (isAlias(node)) {
      return this.alias(node, own, depth);
    }
    if (node.anchor !== undefined) {
      this.anchors.set(node.anchor, node);
    }
    if (isMap(node)) {
      return { kind: 'map', line: own, entries: this.builder.unique(this.entries(node as YAMLMap<Node, Node | null>, own, depth)) };
    }
    if (isSeq(node)) {
      return { kind: 'list', line: own, items: node.items.map((item) => this.of(item as Node, own, depth + 1)) };
    }
    return scalar(node as Scalar, own);
  }

  private alias({ source }: Alias, line: number, depth: number): Part {
    const target = this.anchors.get(source);
    if (target === undefined) {
      this.builder.add('unknown-alias', line, `${quoted(`*${source}`)} refers to an anchor that is not there; texts that begin with * must stand in quotes`);
      return { kind: 'scalar', line, value: null };
    }
    const outer = this.aliasLine;
    this.aliasLine = outer ?? line;
    const part = this.of(target, line, depth);
    this.aliasLine = outer;
    return part;
  }

  private entries({ items }: YAMLMap<Node, Node | null>, line: number, depth: number): readonly Entry[] {
    const merges = items.filter(isMerge);
    const own = items.filter((pair) => !isMerge(pair)).flatMap((pair) => this.entry(pair, line, depth));
    const keys = new Set(own.map(({ key }) => key));
    // What the map has itself, and what is merged first, comes before.
    const merged = merges.flatMap((pair) => this.merged(this.of(pair.value, line, depth + 1))).filter(({ key }) => keys.size < keys.add(key).size);
    return [...own, ...merged];
  }

  private merged(part: Part): readonly Entry[] {
    if (part.kind === 'map') {
      return part.entries;
    }
    if (part.kind === 'list') {
      return part.items.flatMap((item) => this.merged(item));
    }
    this.builder.add('not-yaml', part.line, 'not YAML: what is merged by << must be a map or a list of maps');
    return [];
  }

  private entry({ key, value }: Pair<Node, Node | null>, line: number, depth: number): readonly Entry[] {
    const own = this.lineOf(key, line);
    if (!isScalar(key) || key.value === null) {
      this.builder.add('key-not-text', own, 'a key must be a text, and not empty; keys of several values have no meaning here');
      return [];
    }
    if (key.anchor !== undefined) {
      this.anchors.set(key.anchor, key);
    }
    return [{ key: typeof key.value === 'string' ? key.value : (key.source ?? String(key.value)), line: own, part: this.of(value, own, depth + 1) }];
  }

  private lineOf(node: Node | null, otherwise: number): number {
    const offset = node?.range?.[0];
    const isThere = offset !== undefined && !(isScalar(node) && node.value === null && node.source === '');
    return isThere ? this.lines.linePos(offset).line : otherwise;
  }
}

const isMerge = ({ key }: Pair<Node, Node | null>): boolean => isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;

function scalar({ value, type, source }: Scalar, line: number): ScalarPart {
  const known = value as ScalarPart['value'];
  return { kind: 'scalar', line, value: known, ...(type === Scalar.PLAIN && source !== undefined ? { plain: source } : {}) };
}
