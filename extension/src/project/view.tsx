/** An exported project: build, test, verify, and what came of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';
import type { Project, ProjectRequest } from '../api/types';
import { sentence } from '../flags/text';
import { pageName } from '../graduate/ended';
import { Progress } from '../graduate/progress';
import { Operate } from '../operate/view';
import { Readiness } from '../readiness/view';
import { Batches } from './batch';
import type { IRunActions } from './runs';
import { Place, ProjectModel, Work, placeOf } from './model';

/** What the view needs from its surroundings; paths are relative to Jupyter's root. */
export interface IProjectActions extends IRunActions {
  openScript(path: string): void;
  /** Open a page that is made anew each time. */
  openAnew(project: string, page: string): void;
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
              ? placeOf(work) === 'batch'
                ? trans.__('Stopped; what is done stays done.')
                : trans.__('Cancelled.')
              : sentence(error?.message ?? result?.summary ?? state)}
          </p>
          {result?.notes.map((note, number) => (
            <p key={number}>{sentence(note)}</p>
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
    for (const part of [model.batch, model.operate, model.score]) {
      (part.changed as ISignal<unknown, void>).connect(() => this.update());
    }
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { trans, open, openPage, openAnew } = this._actions;
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
    const busy = work.kind === 'running';
    const doing = (place: Place): React.JSX.Element | null =>
      placeOf(work) === place ? (
        <Doing work={work} trans={trans} cancel={() => void this.model.cancel()} />
      ) : null;
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
              disabled={busy}
              onClick={() => void this.model.start({ kind, path })}
            >
              {name}
            </button>
          ))}
        </div>
        {doing('project')}
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
          busy={busy}
          start={request => void this.model.start(request)}
          actions={this._actions}
        >
          {doing('batch')}
        </Batches>
        <Readiness
          model={this.model.score}
          busy={busy}
          run={() => void this.model.start({ kind: 'score', path })}
          openPage={page => openAnew(path, page)}
          trans={trans}
        >
          {doing('readiness')}
        </Readiness>
        <Operate
          project={path}
          model={this.model.operate}
          busy={busy}
          start={request => void this.model.start(request)}
          open={open}
          trans={trans}
        >
          {doing('operate')}
        </Operate>
      </div>
    );
  }
}
