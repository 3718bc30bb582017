/** An exported project: build, test, verify, and what came of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Project, ProjectRequest } from '../api/types';
import { sentence } from '../flags/text';
import { pageName } from '../graduate/ended';
import { Progress } from '../graduate/progress';
import { Batches } from './batch';
import type { IRunActions } from './runs';
import { ProjectModel, Work, isBatch } from './model';

/** What the view needs from its surroundings; paths are relative to Jupyter's root. */
export interface IProjectActions extends IRunActions {
  openScript(path: string): void;
}

/** What is under way, or how it ended. */
function Doing(props: {
  work: Work;
  trans: TranslationBundle;
  cancel: () => void;
}): React.JSX.Element | null {
  const { work, trans, cancel } = props;
  switch (work.kind) {
    case 'none':
      return null;
    case 'running':
      return (
        <Progress job={work.job} reachable={work.reachable} trans={trans} cancel={cancel} />
      );
    case 'failed':
      return (
        <p className="jp-PocGraduate-refusal" role="alert">
          {work.message}
        </p>
      );
    case 'ended': {
      const { state, error, result } = work.job;
      // a job that ended well may bring bad news: tests that fail
      const good = state === 'done' && result?.proved !== false;
      return (
        <div
          className={good ? 'jp-PocGraduate-done' : 'jp-PocGraduate-refusal'}
          role={good ? 'status' : 'alert'}
        >
          <p>
            {state === 'cancelled'
              ? isBatch(work)
                ? trans.__('Stopped; what is done stays done.')
                : trans.__('Cancelled.')
              : sentence(error?.message ?? result?.summary ?? state)}
          </p>
          {result?.notes.map((note, number) => (
            <p key={number}>{note}</p>
          ))}
          {result?.output && (
            <pre tabIndex={0} aria-label={trans.__('What it printed')}>
              {result.output}
            </pre>
          )}
        </div>
      );
    }
    default: {
      const never: never = work;
      return never;
    }
  }
}

/** Each task, its script, and its notebook as it ran last. */
function Tasks(props: { project: Project; actions: IProjectActions }): React.JSX.Element {
  const { project, actions } = props;
  const { trans } = actions;
  const name = (path: string): string => path.replace(`${project.path}/`, '');
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{trans.__('Task')}</th>
          <th scope="col">{trans.__('Source')}</th>
          <th scope="col">{trans.__('As it ran last')}</th>
        </tr>
      </thead>
      <tbody>
        {project.tasks.map(({ name: task, title, script, executed }) => (
          <tr key={task}>
            <td>{title || task}</td>
            <td>
              <button
                className="jp-PocGraduate-link"
                onClick={() => actions.openScript(script)}
              >
                {name(script)}
              </button>
            </td>
            <td>
              {executed ? (
                <button className="jp-PocGraduate-link" onClick={() => actions.open(executed)}>
                  {name(executed)}
                </button>
              ) : (
                trans.__('not built yet')
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The tab of a project. */
export class ProjectView extends ReactWidget {
  constructor(
    readonly model: ProjectModel,
    private readonly _actions: IProjectActions
  ) {
    super();
    this.addClass('jp-PocGraduate-view');
    this.node.setAttribute('aria-label', _actions.trans.__('Project %1', model.path));
    model.changed.connect(() => this.update());
    model.batch.changed.connect(() => this.update());
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { trans, openPage } = this._actions;
    const { state, path } = this.model;
    switch (state.kind) {
      case 'opening':
        return <p role="status">{trans.__('Opening…')}</p>;
      case 'none':
        return (
          <p role="alert">{state.message || trans.__('This folder is no exported project.')}</p>
        );
      case 'open':
        break;
      default: {
        const never: never = state;
        return never;
      }
    }
    const { project, work } = state;
    const kinds: [ProjectRequest['kind'], string][] = [
      ['build', trans.__('Build')],
      ['test', trans.__('Test')],
      ['verify', trans.__('Verify')]
    ];
    const doing = <Doing work={work} trans={trans} cancel={() => void this.model.cancel()} />;
    return (
      <div className="jp-PocGraduate-body">
        <h1>{path.replace(/^.*\//, '')}</h1>
        <p className="jp-PocGraduate-where">
          {project.proved
            ? trans.__('Proved to compute the same as %1.', project.notebook)
            : trans.__('Not proved yet: verify it.')}
        </p>
        <div className="jp-PocGraduate-row">
          {kinds.map(([kind, name]) => (
            <button
              key={kind}
              className="jp-mod-styled"
              disabled={work.kind === 'running'}
              onClick={() => void this.model.start(kind)}
            >
              {name}
            </button>
          ))}
        </div>
        {!isBatch(work) && doing}
        <h2>{trans.__('Pages')}</h2>
        <div className="jp-PocGraduate-row">
          {project.pages.map(page => (
            <button
              key={page}
              className="jp-PocGraduate-small"
              onClick={() => openPage(path, page)}
            >
              {sentence(pageName(page))}
            </button>
          ))}
        </div>
        <h2>{trans.__('Tasks')}</h2>
        <Tasks project={project} actions={this._actions} />
        <Batches
          project={project}
          model={this.model.batch}
          busy={work.kind === 'running'}
          start={request => void this.model.startBatch(request)}
          actions={this._actions}
        >
          {isBatch(work) && doing}
        </Batches>
      </div>
    );
  }
}
