import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Sample } from './prometheus-text.js';

/** What an expression wants to know of one metric. */
export interface Selector {
  readonly name: string;
  /** Labels with the value that they must have. */
  readonly matchers: Readonly<Record<string, string>>;
  /** Labels by which what is around it adds up. */
  readonly groupedBy: readonly string[];
}

/**
 * The series that an expression of Prometheus's query language asks for.
 * @throws when it is not of that language, or matches labels by more than a value
 */
export function selectorsOf(expression: string): Selector[] {
  const selectors: Selector[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, node }) => {
      if (type.isError) throw new Error(`Not PromQL at ${from}: ${expression}`);
      if (type.name === 'VectorSelector') selectors.push(readSelector(node, expression));
    },
  });
  return selectors;
}

/** Whether it is a series that the selector asks for. */
export function isSelected({ name, matchers }: Selector, sample: Sample): boolean {
  if (sample.name !== name) return false;
  return Object.entries(matchers).every(([label, value]) => sample.labels[label] === value);
}

function readSelector(node: SyntaxNode, expression: string): Selector {
  const textOf = ({ from, to }: SyntaxNode): string => expression.slice(from, to);
  const matchers = descendants(node, 'UnquotedLabelMatcher').map((matcher) => {
    const [label, operator, value] = childrenOf(matcher).map(textOf);
    if (operator !== '=') throw new Error(`Not read yet: ${operator} in ${expression}`);
    return [label!, JSON.parse(value!) as string] as const;
  });
  return {
    name: textOf(node.getChild('Identifier')!),
    matchers: Object.fromEntries(matchers),
    groupedBy: ancestors(node, 'AggregateExpr').flatMap((aggregate) =>
      childrenOf(aggregate)
        .filter(({ name }) => name === 'AggregateModifier')
        .flatMap((modifier) => descendants(modifier, 'LabelName').map(textOf)),
    ),
  };
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let it = node.firstChild; it; it = it.nextSibling) children.push(it);
  return children;
}

function descendants(node: SyntaxNode, name: string): SyntaxNode[] {
  return childrenOf(node).flatMap((it) => [
    ...(it.name === name ? [it] : []),
    ...descendants(it, name),
  ]);
}

function ancestors(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let it = node.parent; it; it = it.parent) if (it.name === name) found.push(it);
  return found;
}
