/** What the server tells of a project: asked for again whenever something was done. */
import { ISignal, Signal } from '@lumino/signaling';

export type Told<T> =
  { kind: 'asking' } | { kind: 'known'; answer: T } | { kind: 'failed'; message: string };

export class ToldModel<T> {
  constructor(private readonly _ask: () => Promise<T>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): Told<T> {
    return this._state;
  }

  /** Ask again; what was told before stays until then. */
  async refresh(): Promise<void> {
    const sequence = ++this._sequence;
    let now: Told<T>;
    try {
      now = { kind: 'known', answer: await this._ask() };
    } catch (problem) {
      now = { kind: 'failed', message: (problem as Error).message };
    }
    if (sequence === this._sequence) {
      this._state = now;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._sequence = -1;
    Signal.clearData(this);
  }

  protected readonly _changed = new Signal<this, void>(this);
  private _state: Told<T> = { kind: 'asking' };
  private _sequence = 0;
}
