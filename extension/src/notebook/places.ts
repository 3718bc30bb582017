/** The server's lines and columns ↔ places in an editor. The only arithmetic on positions. */
import type { Text } from '@codemirror/state';

/** Lines from 1; columns from 1, in characters; the end column is behind the last one. */
export interface ISpan {
  line: number;
  column: number;
  end_line: number;
  end_column: number;
}

/** Index in UTF-16 units of a column that counts characters from 1. */
export function utf16Index(line: string, column: number): number {
  let index = 0;
  for (const character of line) {
    if (--column <= 0) {
      break;
    }
    index += character.length;
  }
  return index;
}

/** Column that counts characters from 1, of an index in UTF-16 units. */
export function characterColumn(line: string, index: number): number {
  return Array.from(line.slice(0, index)).length + 1;
}

/** Offset in the document; places beyond its end are its end. */
export function offsetAt(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return at.from + utf16Index(at.text, column);
}

/** Where a span starts and ends in the document. */
export function rangeOf(doc: Text, span: ISpan): { from: number; to: number } {
  const from = offsetAt(doc, span.line, span.column);
  return { from, to: Math.max(from, offsetAt(doc, span.end_line, span.end_column)) };
}

/** The same place as JupyterLab's editors count it: lines and columns from 0, in UTF-16 units. */
export function editorPosition(
  source: string,
  line: number,
  column: number
): { line: number; column: number } {
  const lines = source.split('\n');
  const row = Math.min(Math.max(line, 1), lines.length) - 1;
  return { line: row, column: utf16Index(lines[row] ?? '', column) };
}
