/** The stages of a planned pipeline, to be renamed, joined and cut. */
import * as React from 'react';
import type { StageEdit } from '../api/types';
import type { IExportActions } from './actions';
import { ExportModel, cut, joined } from './model';

export function Stages(props: {
  stages: StageEdit[];
  model: ExportModel;
  actions: IExportActions;
}) {
  const { stages, model, actions } = props;
  const { trans } = actions;
  const rename = (at: number, name: string): void => {
    if (name !== stages[at]?.name) {
      const title = stages[at]?.title ?? '';
      void model.edit(stages.map((s, number) => (number === at ? { ...s, name, title } : s)));
    }
  };
  return (
    <ol className="jp-PocGraduate-stages">
      {stages.map((stage, at) => (
        <li key={`${at} ${stage.name} ${stage.cells.join()}`}>
          <div className="jp-PocGraduate-row">
            <input
              className="jp-PocGraduate-name"
              defaultValue={stage.name}
              aria-label={trans.__('Name of stage %1', at + 1)}
              spellCheck={false}
              onBlur={event => rename(at, event.target.value.trim())}
              onKeyDown={event => event.key === 'Enter' && event.currentTarget.blur()}
            />
            {at > 0 && (
              <button
                className="jp-PocGraduate-small"
                onClick={() => void model.edit(joined(stages, at))}
              >
                {trans.__('Join with the one above')}
              </button>
            )}
          </div>
          {says(stage) && <div className="jp-PocGraduate-where">{stage.title}</div>}
          <div className="jp-PocGraduate-cells">
            {stage.cells.map((cell, number) => (
              <React.Fragment key={cell}>
                {number > 0 && (
                  <button
                    className="jp-PocGraduate-cut"
                    title={trans.__('Cut before cell %1', cell)}
                    aria-label={trans.__('Cut before cell %1', cell)}
                    onClick={() => void model.edit(cut(stages, at, cell))}
                  >
                    ✂
                  </button>
                )}
                <button
                  className="jp-PocGraduate-cell"
                  aria-label={trans.__('Go to cell %1', cell)}
                  onClick={() => actions.jump({ cell, line: 1 })}
                >
                  {cell}
                </button>
              </React.Fragment>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Whether a title says more than the name does. */
function says({ name, title }: StageEdit): boolean {
  return title !== '' && title.toLowerCase().replace(/\W+/g, '_') !== name;
}
