/** Batches of a project: the form of a new one, and the runs of the one that is shown. */
import { ISignal, Signal } from '@lumino/signaling';
import type { IClient } from '../api/client';
import type {
  Batch,
  BatchParameter,
  BatchRequest,
  BatchTable,
  Given,
  GridAnswer,
  Project
} from '../api/types';
import { Wait, wait } from '../graduate/model';

/** What is typed for one parameter; each way of giving values keeps its own texts. */
export interface IField extends Omit<Given, 'how'> {
  how: 'default' | Given['how'];
}

/** What is known about the runs that the form asks for. */
export type GridState =
  | { kind: 'nothing' }
  | { kind: 'asking' }
  | { kind: 'known'; answer: GridAnswer }
  | { kind: 'wrong'; message: string };

const PAUSE = 200;

export class BatchModel {
  constructor(
    private readonly _project: string,
    private readonly _client: IClient,
    private readonly _wait: Wait = wait
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Folder of the batch to be. */
  to = '';
  workers = 1;
  grid: GridState = { kind: 'nothing' };
  fields: readonly IField[] = [];
  /** Batches that there are, the newest first. */
  batches: readonly Batch[] = [];
  /** The batch whose runs are shown; null where there is none, or it has none yet. */
  table: BatchTable | null = null;
  /** Why it is not shown. */
  problem = '';

  /** The project has been read. */
  async take(project: Project): Promise<void> {
    const before = new Map(this.fields.map(field => [field.name, field]));
    this.fields = project.parameters.map(
      parameter => before.get(parameter.name) ?? fieldOf(parameter)
    );
    this.batches = project.batches;
    if (this.to === '' || this.batches.some(batch => batch.path === this.to)) {
      this.to = project.batch_to;
    }
    if (before.size === 0) {
      this.workers = project.processors;
    }
    const [newest] = this.batches;
    this._shown ??= newest?.path ?? null;
    this._changed.emit();
    await this.refresh();
  }

  set(change: Partial<Pick<BatchModel, 'to' | 'workers'>>): void {
    Object.assign(this, change);
    this._changed.emit();
  }

  /** Somebody types, or chooses how a parameter varies. */
  edit(name: string, change: Partial<IField>): Promise<void> {
    this.fields = this.fields.map(field =>
      field.name === name ? { ...field, ...change } : field
    );
    return this._count();
  }

  /** What starts the batch that the form describes. */
  get request(): BatchRequest {
    return {
      kind: 'batch',
      path: this._project,
      to: this.to,
      given: this._given,
      workers: this.workers
    };
  }

  /** What goes on with the batch that is shown. */
  get more(): BatchRequest | null {
    return this._shown === null ? null : { ...this.request, to: this._shown, given: null };
  }

  /** Show the runs of another batch, or others of the same. */
  async show(path: string, start = 0): Promise<void> {
    if (path !== this._shown) {
      this.table = null;
    }
    this._shown = path;
    this._start = start;
    await this.refresh();
  }

  /** Ask how the runs stand that are shown. */
  async refresh(): Promise<void> {
    const path = this._shown;
    if (path !== null) {
      try {
        const found = await this._client.batch(path, this._start);
        if (path === this._shown) {
          this.table = found;
          this.problem = '';
        }
      } catch (problem) {
        this.problem = (problem as Error).message;
      }
    }
    this._changed.emit();
  }

  dispose(): void {
    this._sequence = -1;
    Signal.clearData(this);
  }

  private get _given(): Given[] {
    return this.fields.flatMap(({ how, ...field }) =>
      how === 'default' ? [] : [{ ...field, how }]
    );
  }

  private async _count(): Promise<void> {
    const sequence = ++this._sequence;
    const given = this._given;
    this.grid = given.length === 0 ? { kind: 'nothing' } : { kind: 'asking' };
    this._changed.emit();
    await this._wait(PAUSE);
    if (given.length === 0 || sequence !== this._sequence) {
      return;
    }
    let now: GridState;
    try {
      const answer = await this._client.grid({ path: this._project, given });
      now = answer.problem
        ? { kind: 'wrong', message: answer.problem.message }
        : { kind: 'known', answer };
    } catch (problem) {
      now = { kind: 'wrong', message: (problem as Error).message };
    }
    if (sequence === this._sequence) {
      this.grid = now;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _shown: string | null = null;
  private _start = 0;
  private _sequence = 0;
}

function fieldOf({ name, default: text, type }: BatchParameter): IField {
  const from = type === 'int' || type === 'float' ? text : '';
  return { name, how: 'default', text, from, to: '', step: '' };
}

/** `0.4 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return minutes < 60
    ? `${minutes} min ${rest} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
