import type { Node } from 'jsonc-parser';

import type { Entry, Part } from '../../../lib/model/appspec/part';
import { finding } from '../../../lib/model/appspec/rules';
import type { JsonTree } from '../json-document';
import { readJsonTree } from '../json-document';
import { Builder, withinLimits } from './builder';
import type { Reading } from './read-appspec';

export function readJson(text: string): Reading {
  return withinLimits(() => {
    const tree = readJsonTree(text);
    if (!('root' in tree)) {
      return { findings: tree.map(({ line, message }) => finding('not-json', line, message)) };
    }
    const builder = new Builder();
    const root = new JsonParts(text, tree, builder).of(tree.root, 1);
    return builder.findings.length > 0 ? { findings: builder.findings } : { root };
  });
}

class JsonParts {
  constructor(
    private readonly text: string,
    private readonly tree: JsonTree,
    private readonly builder: Builder,
  ) {}

  public of(node: Node, depth: number): Part {
    const line = this.tree.lineAt(node.offset);
    this.builder.enter(line, depth);
    const children = node.children ?? [];
    switch (node.type) {
      case 'object':
        return { kind: 'map', line, entries: this.builder.unique(children.flatMap((property) => this.entry(property, depth))) };
      case 'array':
        return { kind: 'list', line, items: children.map((item) => this.of(item, depth + 1)) };
      default:
        return { kind: 'scalar', line, value: node.value, ...(node.type === 'string' ? {} : { plain: this.text.slice(node.offset, node.offset + node.length) }) };
    }
  }

  private entry({ children: [key, value] = [] }: Node, depth: number): readonly Entry[] {
    return key === undefined || value === undefined ? [] : [{ key: String(key.value), line: this.tree.lineAt(key.offset), part: this.of(value, depth + 1) }];
  }
}
