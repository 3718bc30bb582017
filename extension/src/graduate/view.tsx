/** Preview, progress and result of an export: a function of the model's state. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IExportActions } from './actions';
import { Done, Refused } from './ended';
import { ExportModel } from './model';
import { Preview } from './preview';
import { Progress } from './progress';

interface IProps {
  model: ExportModel;
  actions: IExportActions;
}

function Export({ model, actions }: IProps): React.JSX.Element {
  const { trans } = actions;
  const { state } = model;
  const again = (
    <button className="jp-mod-styled" onClick={() => void model.plan()}>
      {trans.__('Plan again')}
    </button>
  );
  switch (state.kind) {
    case 'planning':
      return <p role="status">{trans.__('Planning…')}</p>;
    case 'asking':
      return <Preview state={state} model={model} actions={actions} />;
    case 'running':
      return (
        <Progress
          job={state.job}
          reachable={state.reachable}
          trans={trans}
          cancel={() => void model.cancel()}
        />
      );
    case 'done':
      return (
        <>
          <Done job={state.job} actions={actions} />
          {again}
        </>
      );
    case 'refused':
      return (
        <>
          <Refused error={state.error} actions={actions} />
          {again}
        </>
      );
    case 'failed':
      return (
        <>
          <p className="jp-PocGraduate-refusal" role="alert">
            {state.message}
          </p>
          {again}
        </>
      );
    case 'cancelled':
      return (
        <>
          <p role="status">{trans.__('Cancelled. Nothing was written.')}</p>
          {again}
        </>
      );
    default: {
      const never: never = state;
      return never;
    }
  }
}

/** The tab of an export. */
export class ExportView extends ReactWidget {
  constructor(
    readonly model: ExportModel,
    private readonly _actions: IExportActions
  ) {
    super();
    this.addClass('jp-PocGraduate-view');
    this.node.setAttribute('aria-label', _actions.trans.__('Export of %1', model.path));
    model.changed.connect(() => this.update());
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const name = this.model.path.replace(/^.*\//, '');
    return (
      <div className="jp-PocGraduate-body">
        <h1>{this._actions.trans.__('%1 as a pipeline', name)}</h1>
        <Export model={this.model} actions={this._actions} />
      </div>
    );
  }
}
