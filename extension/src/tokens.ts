/** What other extensions, and our own features, may use. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Finding } from './api/types';

/** A place in a notebook; lines and columns from 1, in characters. */
export interface IPlace {
  cell_id: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
}

/** The findings of open notebooks. */
export interface IFlags {
  /** Emitted when the findings of a notebook are other ones. */
  readonly changed: ISignal<unknown, unknown>;
  /** Findings of an open notebook's text, saved or not; null where it was not looked at yet. */
  findings(panel: NotebookPanel): readonly Finding[] | null;
  /** Apply a fix, asking first where it changes results. */
  fix(panel: NotebookPanel, finding: Finding): Promise<void>;
  /** Put the cursor there; false where there is no such cell. */
  jump(panel: NotebookPanel, place: IPlace): Promise<boolean>;
}

export const IFlags = new Token<IFlags>(
  'poc-graduate:IFlags',
  'The findings of open notebooks, their fixes, and jumps to their places.'
);
