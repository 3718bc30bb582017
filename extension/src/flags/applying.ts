/** Changes of an open notebook: one step each, that one undo takes back.
 *
 * They go by the shared model: cells outside the viewport may have no editor.
 */
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Fix } from '../api/types';
import type { IChange } from './repair';
import { IHistory, asOneStep } from './undo';

/** Replace texts in cells. */
export function applyChanges(model: INotebookModel, changes: readonly IChange[]): void {
  asOneStep(historiesOf(model, changes), () => replace(model, changes));
}

/** Replace texts, bring new cells in, take others out.
 *
 * @param order The ids of the cells as the fix counts them.
 * @param changes Its edits, where they are now.
 */
export function applyFix(
  model: INotebookModel,
  fix: Fix,
  order: readonly string[],
  changes: readonly IChange[]
): void {
  const comeOrGo = fix.cells.length > 0 || fix.removed.length > 0;
  const notebook = comeOrGo ? historyOf(model.sharedModel) : null;
  const histories = [...historiesOf(model, changes), ...(notebook ? [notebook] : [])];
  const index = (id: string | undefined): number =>
    Array.from(model.cells).findIndex(cell => cell.id === id);
  asOneStep(histories, () => {
    replace(model, changes);
    for (const { before, source, tags } of [...fix.cells].reverse()) {
      const at = index(order[before - 1]);
      model.sharedModel.insertCell(at < 0 ? model.cells.length : at, {
        cell_type: 'code',
        source,
        metadata: tags.length > 0 ? { tags } : {}
      });
    }
    for (const number of fix.removed) {
      const at = index(order[number - 1]);
      if (at >= 0) {
        model.sharedModel.deleteCell(at);
      }
    }
  });
}

function replace(model: INotebookModel, changes: readonly IChange[]): void {
  // Each cell in a transaction of its own: one of the notebook's is in no cell's history.
  for (const { id, sharedModel } of Array.from(model.cells)) {
    const mine = changes.filter(change => change.cell === id);
    if (mine.length > 0) {
      sharedModel.transact(() => {
        for (const { from, to, insert } of mine) {
          sharedModel.updateSource(from, to, insert);
        }
      });
    }
  }
}

function historiesOf(model: INotebookModel, changes: readonly IChange[]): IHistory[] {
  const changed = new Set(changes.map(change => change.cell));
  return Array.from(model.cells)
    .filter(cell => changed.has(cell.id))
    .map(cell => historyOf(cell.sharedModel))
    .filter(one => one !== null);
}

/** The history that JupyterLab keeps of a cell or notebook; its interface does not tell of it. */
function historyOf(shared: unknown): IHistory | null {
  return (shared as { undoManager?: IHistory | null }).undoManager ?? null;
}
