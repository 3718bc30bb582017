/** How a fix, or a comment that silences a finding, changes the cells of a notebook. */
import { Text } from '@codemirror/state';
import type { Fix } from '../api/types';
import { ISpan, rangeOf } from '../notebook/places';

/** One replacement in a cell's source, in UTF-16 units. */
export interface IChange {
  cell: string;
  from: number;
  to: number;
  insert: string;
}

/** A cell's source before and after. */
export interface IRewritten {
  cell: string;
  before: string;
  after: string;
}

/** One line of a shown difference. */
export interface IDiffLine {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** A fix's edits as replacements, last ones first, so that each leaves the others in place.
 *
 * Returns null where the cells are no longer those that the fix is about.
 */
export function changesOf(
  fix: Fix,
  order: readonly string[],
  source: (cell: string) => string | undefined
): IChange[] | null {
  const changes: IChange[] = [];
  for (const edit of fix.edits) {
    const cell = order[edit.cell - 1];
    const text = cell === undefined ? undefined : source(cell);
    if (cell === undefined || text === undefined) {
      return null;
    }
    changes.push({ cell, ...rangeOf(textOf(text), edit), insert: edit.text });
  }
  return changes.sort((a, b) => b.from - a.from || b.to - a.to);
}

/** What cells look like after some changes. */
export function rewritten(
  changes: readonly IChange[],
  source: (cell: string) => string | undefined
): IRewritten[] {
  const cells = [...new Set(changes.map(change => change.cell))];
  return cells.map(cell => {
    const before = source(cell) ?? '';
    const after = changes
      .filter(change => change.cell === cell)
      .reduce(
        (text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to),
        before
      );
    return { cell, before, after };
  });
}

/** The comment that silences a rule where it was found, and where it goes.
 *
 * A comment at the end of the line, as ruff reads it; where a line cannot end in one (it is inside
 * a string, or goes on in the next line), one for the cell.
 */
export function suppression(source: string, span: ISpan, code: string): Omit<IChange, 'cell'> {
  const lines = source.split('\n');
  const line = lines[span.end_line - 1] ?? '';
  const before = lines
    .slice(0, span.end_line - 1)
    .reduce((sum, text) => sum + text.length + 1, 0);
  const noqa = /#\s*noqa:\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*/i.exec(line);
  if (noqa) {
    const at = before + noqa.index + noqa[0].length;
    return { from: at, to: at, insert: `, ${code}` };
  }
  if (/\\\s*$|^\s*[%!]/.test(line) || /'''|"""/.test(source)) {
    const first = /^(?:%%[^\n]*\n)?/.exec(source)?.[0].length ?? 0;
    return { from: first, to: first, insert: `# poc: ignore[${code}]\n` };
  }
  const end = before + line.trimEnd().length;
  return { from: end, to: before + line.length, insert: `  # noqa: ${code}` };
}

/** The lines that differ, with some that do not around them. */
export function difference(before: string, after: string, context = 2): IDiffLine[] {
  const old = before.split('\n');
  const now = after.split('\n');
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) {
    head++;
  }
  let tail = 0;
  while (
    tail < Math.min(old.length, now.length) - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail++;
  }
  const line = (kind: IDiffLine['kind']) => (text: string) => ({ kind, text });
  return [
    ...old.slice(Math.max(0, head - context), head).map(line('same')),
    ...old.slice(head, old.length - tail).map(line('gone')),
    ...now.slice(head, now.length - tail).map(line('new')),
    ...old.slice(old.length - tail, old.length - tail + context).map(line('same'))
  ];
}

function textOf(source: string): Text {
  return Text.of(source.split('\n'));
}
