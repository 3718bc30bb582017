/** What the views of an export need from their surroundings, and how they name a place. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Finding } from '../api/types';

/** What the view needs from its surroundings. */
export interface IExportActions {
  trans: TranslationBundle;
  /** Findings of the notebook as it is in the editor; null where it is not open. */
  findings(): readonly Finding[] | null;
  fix(finding: Finding): void;
  jump(place: { cell: number; line: number; column?: number }): void;
  openPage(project: string, page: string): void;
  openProject(project: string): void;
  start(): void;
}

/** A place in the notebook; a click goes there. */
export function Place({
  cell,
  line,
  actions
}: {
  cell: number;
  line: number;
  actions: IExportActions;
}) {
  const { trans } = actions;
  return (
    <button className="jp-PocGraduate-link" onClick={() => actions.jump({ cell, line })}>
      {trans.__('cell %1, line %2', cell, line)}
    </button>
  );
}
