/** An exported project: what it holds, and the work that is done on it. */
import { ISignal, Signal } from '@lumino/signaling';
import { IClient, RequestFailed } from '../api/client';
import type { BatchRequest, Job, Project, ProjectRequest } from '../api/types';
import { Wait, isActive, wait } from '../graduate/model';
import { BatchModel } from './batchModel';

export type Work =
  | { kind: 'none' }
  | { kind: 'running'; job: Job; reachable: boolean }
  | { kind: 'ended'; job: Job }
  | { kind: 'failed'; message: string; batch: boolean };

export type ProjectState =
  | { kind: 'opening' }
  | { kind: 'none'; message: string }
  | { kind: 'open'; project: Project; work: Work };

/** Whether work is about a batch, which is shown elsewhere. */
export function isBatch(work: Work): boolean {
  switch (work.kind) {
    case 'none':
      return false;
    case 'failed':
      return work.batch;
    case 'running':
    case 'ended':
      return work.job.kind === 'batch';
    default: {
      const never: never = work;
      return never;
    }
  }
}

const PAUSE = 700;

/** What the tab of a project shows. */
export class ProjectModel {
  constructor(
    readonly path: string,
    private readonly _client: IClient,
    private readonly _wait: Wait = wait
  ) {
    this.batch = new BatchModel(path, _client, _wait);
  }

  readonly batch: BatchModel;

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
      await this.batch.take(project);
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
    await this._start({ kind, path: this.path });
  }

  /** Begin a batch, or go on with one; its runs are shown from then on. */
  async startBatch(request: BatchRequest): Promise<void> {
    await this._start(request);
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
    this.batch.dispose();
    Signal.clearData(this);
  }

  private async _start(request: ProjectRequest | BatchRequest): Promise<void> {
    try {
      const job = await this._client.start(request);
      if (request.kind === 'batch') {
        await this.batch.show(request.to);
      }
      await this._follow(job);
    } catch (problem) {
      const batch = request.kind === 'batch';
      this._work({ kind: 'failed', message: (problem as Error).message, batch });
    }
  }

  private async _follow(started: Job): Promise<void> {
    let job = started;
    this._work({ kind: 'running', job, reachable: true });
    while (isActive(job) && !this._disposed) {
      await this._wait(PAUSE);
      try {
        job = await this._client.job(job.id);
        this._work({ kind: 'running', job, reachable: true });
        if (job.kind === 'batch') {
          await this.batch.refresh();
        }
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
      await this.batch.take(project);
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
