/** An exported project: what it holds, and the work that is done on it. */
import { ISignal, Signal } from '@lumino/signaling';
import { IClient, RequestFailed } from '../api/client';
import type { Job, Parameter, Project, ProjectRequest } from '../api/types';
import { Wait, isActive, wait } from '../graduate/model';

export type Work =
  | { kind: 'none' }
  | { kind: 'running'; job: Job; reachable: boolean }
  | { kind: 'ended'; job: Job }
  | { kind: 'failed'; message: string };

export type ProjectState =
  | { kind: 'opening' }
  | { kind: 'none'; message: string }
  | { kind: 'open'; project: IProject; work: Work };

/** A project; parameters are told by servers that can run batches. */
export interface IProject extends Project {
  parameters?: Parameter[];
}

const PAUSE = 700;

/** What the tab of a project shows. */
export class ProjectModel {
  constructor(
    readonly path: string,
    private readonly _client: IClient,
    private readonly _wait: Wait = wait
  ) {}

  get changed(): ISignal<this, ProjectState> {
    return this._changed;
  }

  get state(): ProjectState {
    return this._state;
  }

  /** Read what the folder holds; a job that is under way is followed. */
  async open(): Promise<void> {
    try {
      const project = await this._client.project(this.path);
      if (project === null) {
        this._set({ kind: 'none', message: '' });
        return;
      }
      this._set({ kind: 'open', project, work: { kind: 'none' } });
      const jobs = await this._client.jobs();
      const mine = jobs.find(job => isActive(job) && job.path === this.path);
      if (mine) {
        await this._follow(mine);
      }
    } catch (problem) {
      this._set({ kind: 'none', message: (problem as Error).message });
    }
  }

  /** Build, test or verify. */
  async start(kind: ProjectRequest['kind']): Promise<void> {
    try {
      await this._follow(await this._client.start({ kind, path: this.path }));
    } catch (problem) {
      this._work({ kind: 'failed', message: (problem as Error).message });
    }
  }

  async cancel(): Promise<void> {
    if (this._state.kind === 'open' && this._state.work.kind === 'running') {
      try {
        await this._client.cancel(this._state.work.job.id);
      } catch {
        // what became of it is what following it says
      }
    }
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  private async _follow(started: Job): Promise<void> {
    let job = started;
    this._work({ kind: 'running', job, reachable: true });
    while (isActive(job) && !this._disposed) {
      await this._wait(PAUSE);
      try {
        job = await this._client.job(job.id);
        this._work({ kind: 'running', job, reachable: true });
      } catch (problem) {
        if (!(problem instanceof RequestFailed) || problem.kind !== 'gone') {
          throw problem;
        }
        this._work({ kind: 'running', job, reachable: false });
      }
    }
    // a build leaves executed notebooks, a proof a certificate
    const project = await this._client.project(this.path);
    if (project !== null) {
      this._set({ kind: 'open', project, work: { kind: 'ended', job } });
    }
  }

  private _work(work: Work): void {
    if (this._state.kind === 'open') {
      this._set({ ...this._state, work });
    }
  }

  private _set(state: ProjectState): void {
    this._state = state;
    if (!this._disposed) {
      this._changed.emit(state);
    }
  }

  private readonly _changed = new Signal<this, ProjectState>(this);
  private _state: ProjectState = { kind: 'opening' };
  private _disposed = false;
}
