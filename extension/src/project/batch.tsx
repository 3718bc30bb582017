/** Runs of a project with other parameters: a new batch, and those that there are. */
import * as React from 'react';
import type { BatchRequest, Project } from '../api/types';
import { BatchModel } from './batchModel';
import { BatchForm } from './form';
import { IRunActions, Runs } from './runs';

export function Batches(props: {
  project: Project;
  model: BatchModel;
  busy: boolean;
  start: (request: BatchRequest) => void;
  actions: IRunActions;
  /** What is under way, or how it ended. */
  children: React.ReactNode;
}): React.JSX.Element {
  const { project, model, busy, start, actions } = props;
  const { trans } = actions;
  const goOn = (): void => {
    if (model.more) {
      start(model.more);
    }
  };
  return (
    <section aria-label={trans.__('Batch runs')}>
      <h2>{trans.__('Batch runs')}</h2>
      <p className="jp-PocGraduate-where">
        {trans.__('The pipeline is run once for each combination of these values, in copies.')}
      </p>
      {project.parameters.length === 0 ? (
        <p>{trans.__('This project has no parameters: nothing can vary.')}</p>
      ) : (
        <BatchForm
          model={model}
          parameters={project.parameters}
          busy={busy}
          start={() => start(model.request)}
          trans={trans}
        />
      )}
      {props.children}
      <Runs model={model} busy={busy} goOn={goOn} actions={actions} />
    </section>
  );
}
