import { YNotebook } from '@jupyter/ydoc';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { asOneStep } from './undo';

function notebook(...sources: string[]): YNotebook {
  const made = YNotebook.create({ disableDocumentWideUndoRedo: true }) as YNotebook;
  made.insertCells(
    0,
    sources.map(source => ({ cell_type: 'code', source }))
  );
  made.clearUndoHistory();
  return made;
}

// Yjs warns of how JupyterLab makes its cells
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

const sources = (made: YNotebook): string[] => made.cells.map(cell => cell.getSource());

/** What a fix does that moves an import, and one that makes a cell of parameters. */
function fixed(made: YNotebook): void {
  const [first, second] = made.cells;
  asOneStep([first!.undoManager!, second!.undoManager!, made.undoManager], () => {
    first!.updateSource(0, 0, 'import a\n');
    second!.updateSource(0, 9, '');
    made.insertCell(0, { cell_type: 'code', source: 'p = 1' });
  });
}

describe('a change of several cells', () => {
  it('is undone as a whole from any of them', () => {
    const made = notebook('x', 'import a\ny');
    fixed(made);
    expect(sources(made)).toEqual(['p = 1', 'import a\nx', 'y']);

    made.cells[2]!.undo();

    expect(sources(made)).toEqual(['x', 'import a\ny']);
  });

  it('is undone as a whole from the notebook', () => {
    const made = notebook('x', 'import a\ny');
    fixed(made);

    made.undo();

    expect(sources(made)).toEqual(['x', 'import a\ny']);
  });

  it('comes back as a whole, and goes again', () => {
    const made = notebook('x', 'import a\ny');
    fixed(made);
    made.cells[1]!.undo();

    made.cells[1]!.redo();
    expect(sources(made)).toEqual(['p = 1', 'import a\nx', 'y']);

    made.cells[1]!.undo();
    expect(sources(made)).toEqual(['x', 'import a\ny']);
  });

  it('leaves alone what was typed elsewhere since', () => {
    const made = notebook('x', 'import a\ny');
    fixed(made);
    made.cells[2]!.undoManager!.stopCapturing();
    made.cells[2]!.updateSource(1, 1, ' = 5');

    made.cells[1]!.undo();

    expect(sources(made)).toEqual(['x', 'y = 5']);
  });

  it('is apart from what was typed just before', () => {
    const made = notebook('x', 'import a\ny');
    made.cells[0]!.updateSource(1, 1, ' = 2');
    fixed(made);

    made.cells[1]!.undo();

    expect(sources(made)).toEqual(['x = 2', 'import a\ny']);
  });
});
