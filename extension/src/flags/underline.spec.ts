// @vitest-environment jsdom
import { forEachDiagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import { finding } from '../testing';
import type { ICellFlags } from './model';
import { IFindingActions, explanation, findingsAt, underlines } from './underline';

const actions: IFindingActions = {
  trans: nullTranslator.load(''),
  fix: () => undefined,
  ignore: () => undefined,
  menu: () => undefined,
  explain: () => undefined
};

function editor(doc: string, flags: ICellFlags | undefined) {
  const source = {
    id: 'a',
    now: flags,
    flags: () => source.now,
    changed: new Signal<object, ReadonlySet<string>>({})
  };
  const state = EditorState.create({ doc, extensions: underlines(source, actions) });
  return { source, view: new EditorView({ state, parent: document.body }) };
}

function underlined(view: EditorView): string[] {
  const texts: string[] = [];
  forEachDiagnostic(view.state, (_, from, to) => texts.push(view.state.sliceDoc(from, to)));
  return texts;
}

const DOC = "'😀'; read('/home/a.csv')";
const FOUND = finding({ column: 11, end_column: 24 });

test('what is found is underlined where it is, behind an emoji, too', async () => {
  const { view } = editor(DOC, { source: DOC, findings: [FOUND] });
  await Promise.resolve();

  expect(underlined(view)).toEqual(["'/home/a.csv'"]);
  expect(
    view.dom.querySelectorAll('.cm-gutterElement .jp-PocGraduate-dot-blocker')
  ).toHaveLength(1);
});

test('underlines go with the text while the answer is on its way, stale answers change none', async () => {
  const { source, view } = editor(DOC, { source: DOC, findings: [FOUND] });
  await Promise.resolve();
  view.dispatch({ changes: { from: 0, insert: 'x = 1\n' } });

  source.changed.emit(new Set(['a']));

  expect(underlined(view)).toEqual(["'/home/a.csv'"]);
  expect(findingsAt(view, view.state.doc.length - 3)).toEqual([FOUND]);
});

test('news about other cells leave an editor alone', async () => {
  const { source, view } = editor(DOC, { source: DOC, findings: [FOUND] });
  await Promise.resolve();
  source.now = { source: DOC, findings: [] };
  source.changed.emit(new Set(['b']));
  expect(underlined(view)).toHaveLength(1);

  source.changed.emit(new Set(['a']));

  expect(underlined(view)).toHaveLength(0);
});

test('an editor that is gone listens no longer', async () => {
  const { source, view } = editor(DOC, { source: DOC, findings: [FOUND] });
  await Promise.resolve();
  view.destroy();

  expect(() => source.changed.emit(new Set(['a']))).not.toThrow();
});

test('what a notebook holds is text in a hover, never markup', () => {
  const node = explanation(finding({ message: '<img src=x onerror=alert(1)> `a`' }), actions);

  expect(node.querySelector('img')).toBeNull();
  expect(node.querySelector('code')?.textContent).toBe('a');
});
