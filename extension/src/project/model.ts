/** An exported project: what it holds, and the work that is done on it. */
import { ISignal, Signal } from '@lumino/signaling';
import { IClient, RequestFailed } from '../api/client';
import type {
  BatchRequest,
  Job,
  OperateRequest,
  Project,
  ProjectRequest,
  Score
} from '../api/types';
import { Wait, isActive, wait } from '../graduate/model';
import { OperateModel } from '../operate/model';
import { BatchModel } from './batchModel';
import { ToldModel } from './told';

/** Where in the tab work is shown: beside what began it. */
export type Place = 'project' | 'batch' | 'operate' | 'readiness';

const PLACES: Record<Job['kind'], Place> = {
  export: 'project',
  build: 'project',
  test: 'project',
  verify: 'project',
  batch: 'batch',
  score: 'readiness',
  operate: 'operate'
};

export type Work =
  | { kind: 'none' }
  | { kind: 'running'; job: Job; reachable: boolean }
  | { kind: 'ended'; job: Job }
  | { kind: 'failed'; message: string; place: Place };

export type ProjectState =
  | { kind: 'opening' }
  | { kind: 'none'; message: string }
  | { kind: 'open'; project: Project; work: Work };

/** Where work is shown. */
export function placeOf(work: Work): Place {
  switch (work.kind) {
    case 'none':
      return 'project';
    case 'failed':
      return work.place;
    case 'running':
    case 'ended':
      return PLACES[work.job.kind];
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
    this.operate = new OperateModel(path, _client);
    this.score = new ToldModel(() => _client.score(path));
  }

  readonly batch: BatchModel;
  readonly operate: OperateModel;
  readonly score: ToldModel<Score>;

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
      await this._take(project);
      const jobs = await this._client.jobs();
      const mine = jobs.find(job => isActive(job) && job.path === this.path);
      if (mine) {
        await this._follow(mine);
      }
    } catch (problem) {
      this._set({ kind: 'none', message: (problem as Error).message });
    }
  }

  /** Begin some work; of a batch, the runs are shown from then on. */
  async start(request: ProjectRequest | BatchRequest | OperateRequest): Promise<void> {
    try {
      const job = await this._client.start(request);
      if (request.kind === 'batch') {
        await this.batch.show(request.to);
      }
      await this._follow(job);
    } catch (problem) {
      const place = PLACES[request.kind];
      this._work({ kind: 'failed', message: (problem as Error).message, place });
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
    this.batch.dispose();
    this.operate.dispose();
    this.score.dispose();
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
      await this._take(project);
    }
  }

  private async _take(project: Project): Promise<void> {
    await Promise.all([this.batch.take(project), this.operate.refresh(), this.score.refresh()]);
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
