/** What an editor holds of a notebook, as the server takes it: unsaved text and all. */
import type { IOutput } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { PlanRequest } from '../api/types';

/** Longer pictures and tables are left out: plans and exports go by text. */
const LONGEST = 100_000;

/** The notebook in the editor (nbformat 4). */
export function contentOf(model: INotebookModel): PlanRequest['content'] {
  const content = model.sharedModel.toJSON();
  const cells = content.cells.map(cell =>
    Array.isArray(cell.outputs)
      ? { ...cell, outputs: (cell.outputs as IOutput[]).map(shortened) }
      : cell
  );
  return { ...content, cells };
}

function shortened(output: IOutput): IOutput {
  const data = output['data'];
  if (typeof data !== 'object' || data === null) {
    return output;
  }
  const short = Object.entries(data).filter(([, value]) => size(value) <= LONGEST);
  return { ...output, data: Object.fromEntries(short) } as IOutput;
}

function size(value: unknown): number {
  return typeof value === 'string' ? value.length : JSON.stringify(value ?? '').length;
}
