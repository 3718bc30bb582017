/** An export from preview to result: its states, and how the server is followed. */
import { ISignal, Signal } from '@lumino/signaling';
import { IClient, RequestFailed } from '../api/client';
import type { ExportRequest, Job, PlanAnswer, ServerError, StageEdit } from '../api/types';

export type ExportState =
  | { kind: 'planning' }
  | { kind: 'asking'; answer: PlanAnswer; stages: StageEdit[]; to: string }
  | { kind: 'running'; job: Job; reachable: boolean }
  | { kind: 'done'; job: Job }
  | { kind: 'refused'; error: ServerError }
  | { kind: 'failed'; message: string }
  | { kind: 'cancelled' };

const FIRST_WAIT = 250;
const LONGEST_WAIT = 2000;

/** Waits; tests put their own in its place. */
export type Wait = (milliseconds: number) => Promise<void>;

export const wait: Wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));

/** What one export view shows. */
export class ExportModel {
  constructor(
    readonly path: string,
    private readonly _client: IClient,
    private readonly _wait: Wait = wait,
    private readonly _content: () => ExportRequest['content'] = () => null
  ) {}

  get changed(): ISignal<this, ExportState> {
    return this._changed;
  }

  get state(): ExportState {
    return this._state;
  }

  /** Show the job that is under way for this notebook, if any; else plan. */
  async open(): Promise<void> {
    try {
      const jobs = await this._client.jobs();
      const mine = jobs.filter(job => job.kind === 'export' && job.path === this.path);
      const active = mine.find(isActive);
      if (active) {
        await this.follow(active);
        return;
      }
    } catch (problem) {
      this._fail(problem);
      return;
    }
    await this.plan();
  }

  /** Work out what an export would do; nothing is executed. */
  async plan(stages: StageEdit[] | null = null, to?: string): Promise<void> {
    if (stages === null) {
      this._set({ kind: 'planning' });
    }
    try {
      const answer = await this._client.plan({
        path: this.path,
        stages,
        content: this._content()
      });
      if (answer.refusal) {
        this._set({ kind: 'refused', error: answer.refusal });
        return;
      }
      const planned = (answer.plan?.stages ?? []).map(({ name, title, cells }) => {
        return { name, title, cells };
      });
      this._edited = stages !== null;
      this._set({ kind: 'asking', answer, stages: planned, to: to ?? answer.target });
    } catch (problem) {
      this._fail(problem);
    }
  }

  /** Change the stages that are asked about, and plan again. */
  async edit(stages: StageEdit[]): Promise<void> {
    const before = this._state;
    if (before.kind !== 'asking') {
      return;
    }
    try {
      await this.plan(stages, before.to);
    } finally {
      // an edit that cannot be is said where it was made, and the plan stays as it was
      const now: ExportState = this._state;
      if (now.kind === 'failed' || now.kind === 'refused') {
        this.problem = now.kind === 'failed' ? now.message : now.error.message;
        this._set(before);
      } else {
        this.problem = '';
      }
    }
  }

  set to(folder: string) {
    if (this._state.kind === 'asking') {
      this._set({ ...this._state, to: folder });
    }
  }

  /** Run, convert and prove. */
  async start(): Promise<void> {
    const asked = this._state;
    if (asked.kind !== 'asking') {
      return;
    }
    const stages = this._edited ? asked.stages : null;
    try {
      const job = await this._client.start({
        kind: 'export',
        path: this.path,
        to: asked.to,
        stages,
        content: this._content()
      });
      await this.follow(job);
    } catch (problem) {
      this._fail(problem);
    }
  }

  async cancel(): Promise<void> {
    if (this._state.kind === 'running') {
      try {
        await this._client.cancel(this._state.job.id);
      } catch {
        // what became of it is what following it says
      }
    }
  }

  /** Ask how far a job is until it has ended. A server that is away is waited for. */
  async follow(started: Job): Promise<void> {
    let job = started;
    let pause = FIRST_WAIT;
    this._set({ kind: 'running', job, reachable: true });
    while (isActive(job) && !this._disposed) {
      await this._wait(pause);
      pause = Math.min(pause * 1.3, LONGEST_WAIT);
      try {
        job = await this._client.job(job.id);
        this._set({ kind: 'running', job, reachable: true });
      } catch (problem) {
        if (!(problem instanceof RequestFailed) || problem.kind !== 'gone') {
          this._fail(problem);
          return;
        }
        this._set({ kind: 'running', job, reachable: false });
      }
    }
    this._end(job);
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  /** Why the last edit was not taken. */
  problem = '';

  private _end(job: Job): void {
    switch (job.state) {
      case 'done':
        this._set({ kind: 'done', job });
        break;
      case 'cancelled':
        this._set({ kind: 'cancelled' });
        break;
      case 'refused':
      case 'failed':
        if (job.error) {
          this._set({ kind: 'refused', error: job.error });
        } else {
          this._set({ kind: 'failed', message: job.step });
        }
        break;
      case 'queued':
      case 'running':
        break;
      default: {
        const never: never = job.state;
        return never;
      }
    }
  }

  private _fail(problem: unknown): void {
    if (problem instanceof RequestFailed && problem.detail) {
      this._set({ kind: 'refused', error: problem.detail });
    } else {
      this._set({ kind: 'failed', message: (problem as Error).message });
    }
  }

  private _set(state: ExportState): void {
    this._state = state;
    if (!this._disposed) {
      this._changed.emit(state);
    }
  }

  private readonly _changed = new Signal<this, ExportState>(this);
  private _state: ExportState = { kind: 'planning' };
  private _edited = false;
  private _disposed = false;
}

/** Whether a job has not ended yet. */
export function isActive(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/** Stages after one was joined with the one before it. */
export function joined(stages: readonly StageEdit[], at: number): StageEdit[] {
  const above = stages[at - 1];
  const below = stages[at];
  if (!above || !below) {
    return [...stages];
  }
  const both = { ...above, cells: [...above.cells, ...below.cells] };
  return [...stages.slice(0, at - 1), both, ...stages.slice(at + 1)];
}

/** Stages after one was cut in two before a cell. */
export function cut(stages: readonly StageEdit[], at: number, cell: number): StageEdit[] {
  const stage = stages[at];
  const index = stage?.cells.indexOf(cell) ?? -1;
  if (!stage || index <= 0) {
    return [...stages];
  }
  const names = new Set(stages.map(one => one.name));
  let number = 2;
  while (names.has(`${stage.name}_${number}`)) {
    number++;
  }
  return [
    ...stages.slice(0, at),
    { ...stage, cells: stage.cells.slice(0, index) },
    { name: `${stage.name}_${number}`, title: '', cells: stage.cells.slice(index) },
    ...stages.slice(at + 1)
  ];
}
