/** An exported project: build, test, verify, and what came of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IClient } from '../api/client';
import type { Job, Project } from '../api/types';
import { isActive } from '../graduate/model';
import { Progress, pageName } from '../graduate/view';

/** What the view needs from its surroundings; paths are relative to Jupyter's root. */
export interface IProjectActions {
  trans: TranslationBundle;
  open(path: string): void;
  openScript(path: string): void;
  openPage(project: string, page: string): void;
}

type Work = { kind: 'none' } | { kind: 'job'; job: Job } | { kind: 'failed'; message: string };

/** The tab of a project. */
export class ProjectView extends ReactWidget {
  constructor(
    readonly path: string,
    private readonly _client: IClient,
    private readonly _actions: IProjectActions
  ) {
    super();
    this.addClass('jp-PocGraduate-view');
    void this._load();
  }

  protected render(): React.JSX.Element {
    const { trans } = this._actions;
    const project = this._project;
    if (project === undefined) {
      return <p role="status">{trans.__('Opening…')}</p>;
    }
    if (project === null) {
      return (
        <p role="alert">{this._problem || trans.__('This folder is no exported project.')}</p>
      );
    }
    const busy = this._work.kind === 'job' && isActive(this._work.job);
    const kinds: [Job['kind'], string][] = [
      ['build', trans.__('Build')],
      ['test', trans.__('Test')],
      ['verify', trans.__('Verify')]
    ];
    const within = (file: string): string => (this.path ? `${this.path}/${file}` : file);
    return (
      <main>
        <h1>{this.path.replace(/^.*\//, '')}</h1>
        <p className="jp-PocGraduate-where">
          {project.proved
            ? trans.__('Proved to compute the same as its notebook.')
            : trans.__('Not proved yet: verify it.')}
        </p>
        <div className="jp-PocGraduate-row">
          {kinds.map(([kind, name]) => (
            <button
              key={kind}
              className="jp-mod-styled"
              disabled={busy}
              onClick={() => void this._start(kind)}
            >
              {name}
            </button>
          ))}
          {project.pages.map(page => (
            <button
              key={page}
              className="jp-mod-styled"
              onClick={() => this._actions.openPage(this.path, page)}
            >
              {pageName(page)}
            </button>
          ))}
        </div>
        {this._renderWork()}
        <h2>{trans.__('Tasks')}</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Task')}</th>
              <th scope="col">{trans.__('Source')}</th>
              <th scope="col">{trans.__('As it ran last')}</th>
            </tr>
          </thead>
          <tbody>
            {project.tasks.map(task => (
              <tr key={task.name}>
                <td>{task.title || task.name}</td>
                <td>
                  <button
                    className="jp-PocGraduate-link"
                    onClick={() => this._actions.openScript(within(task.script))}
                  >
                    {task.script}
                  </button>
                </td>
                <td>
                  {task.executed ? (
                    <button
                      className="jp-PocGraduate-link"
                      onClick={() => this._actions.open(within(task.executed!))}
                    >
                      {task.executed}
                    </button>
                  ) : (
                    trans.__('not built yet')
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {project.runs.length > 0 && (
          <>
            <h2>{trans.__('Runs')}</h2>
            <table>
              <tbody>
                {project.runs.map(run => (
                  <tr key={run.name}>
                    <td>{run.name}</td>
                    <td>{run.when}</td>
                    <td>{run.state}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </main>
    );
  }

  private _renderWork(): React.JSX.Element | null {
    const { trans } = this._actions;
    const work = this._work;
    switch (work.kind) {
      case 'none':
        return null;
      case 'failed':
        return (
          <p className="jp-PocGraduate-refusal" role="alert">
            {work.message}
          </p>
        );
      case 'job': {
        const { job } = work;
        if (isActive(job)) {
          const cancel = (): void => void this._client.cancel(job.id);
          return <Progress job={job} reachable={true} trans={trans} cancel={cancel} />;
        }
        const good = job.state === 'done';
        return (
          <div
            className={good ? 'jp-PocGraduate-done' : 'jp-PocGraduate-refusal'}
            role="status"
          >
            <p>{job.error?.message ?? job.result?.summary ?? job.state}</p>
            {job.result?.output && <pre tabIndex={0}>{job.result.output}</pre>}
          </div>
        );
      }
      default: {
        const never: never = work;
        return never;
      }
    }
  }

  private async _load(): Promise<void> {
    try {
      this._project = await this._client.project(this.path);
      const jobs = await this._client.jobs();
      const mine = jobs.find(job => isActive(job) && job.path === this.path);
      this.update();
      if (mine) {
        await this._follow(mine);
      }
    } catch (problem) {
      this._project = null;
      this._problem = (problem as Error).message;
      this.update();
    }
  }

  private async _start(kind: Job['kind']): Promise<void> {
    try {
      await this._follow(await this._client.start({ kind, path: this.path }));
      this._project = await this._client.project(this.path);
    } catch (problem) {
      this._work = { kind: 'failed', message: (problem as Error).message };
    }
    this.update();
  }

  private async _follow(job: Job): Promise<void> {
    this._work = { kind: 'job', job };
    this.update();
    while (isActive(job) && !this.isDisposed) {
      await new Promise(done => setTimeout(done, 700));
      job = await this._client.job(job.id);
      this._work = { kind: 'job', job };
      this.update();
    }
  }

  private _project: Project | null | undefined;
  private _problem = '';
  private _work: Work = { kind: 'none' };
}
