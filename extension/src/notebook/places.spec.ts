import { Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import { characterColumn, editorPosition, offsetAt, rangeOf, utf16Index } from './places';

test('columns count characters, editors count UTF-16 units', () => {
  const line = "'😀😀'; x = 1";

  expect(line.slice(utf16Index(line, 7))).toBe('x = 1');
  expect(characterColumn(line, line.indexOf('x'))).toBe(7);
  expect(editorPosition(`a\n${line}`, 2, 7)).toEqual({ line: 1, column: line.indexOf('x') });
});

test('a place beyond the end of the text is its end', () => {
  const doc = Text.of(['ab', 'c']);

  expect(offsetAt(doc, 9, 9)).toBe(4);
  expect(rangeOf(doc, { line: 1, column: 2, end_line: 1, end_column: 1 })).toEqual({
    from: 1,
    to: 1
  });
});
