import { expect, test } from 'vitest';
import { changesOf, difference, rewritten, suppression } from './repair';

const fix = (edits: object[]) =>
  ({ title: 'mend', safe: true, files: [], cells: [], removed: [], edits }) as never;

test('edits of several places and cells leave each other in place', () => {
  const sources = new Map([
    ['a', "'😀'; f(1); f(2)"],
    ['b', 'x']
  ]);
  const edit = (cell: number, column: number, end_column: number, text: string) => {
    return { cell, line: 1, column, end_line: 1, end_column, text };
  };
  const edits = [edit(1, 8, 9, 'one'), edit(1, 14, 15, 'two'), edit(2, 1, 2, 'y')];

  const changes = changesOf(fix(edits), ['a', 'b'], cell => sources.get(cell));

  expect(rewritten(changes!, cell => sources.get(cell)).map(r => r.after)).toEqual([
    "'😀'; f(one); f(two)",
    'y'
  ]);
});

test('a fix for a cell that is gone is none', () => {
  const edits = [{ cell: 1, line: 1, column: 1, end_line: 1, end_column: 2, text: '' }];

  expect(changesOf(fix(edits), ['a'], () => undefined)).toBeNull();
});

test.each([
  ['x = 1\ny = 2', 2, 'x = 1\ny = 2  # noqa: POC101'],
  ['x = 1  # noqa: POC202', 1, 'x = 1  # noqa: POC202, POC101'],
  ['x = f(1, \\\n  2)', 1, '# poc: ignore[POC101]\nx = f(1, \\\n  2)'],
  ['x = """\n/home\n"""', 2, '# poc: ignore[POC101]\nx = """\n/home\n"""'],
  ['%%time\n!ls /home', 2, '%%time\n# poc: ignore[POC101]\n!ls /home']
])('silencing %j in line %i', (source, line, after) => {
  const span = { line, column: 1, end_line: line, end_column: 2 };

  const { from, to, insert } = suppression(source, span, 'POC101');

  expect(source.slice(0, from) + insert + source.slice(to)).toBe(after);
});

test('a difference shows what goes and what comes, and a little around it', () => {
  expect(difference('a\nb\nc\nd\ne', 'a\nb\nC\nd\ne', 1)).toEqual([
    { kind: 'same', text: 'b' },
    { kind: 'gone', text: 'c' },
    { kind: 'new', text: 'C' },
    { kind: 'same', text: 'd' }
  ]);
});
