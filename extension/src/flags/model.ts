/** What is known about the cells of one open notebook, and when the server is asked again. */
import { ISignal, Signal } from '@lumino/signaling';
import { IClient, RequestFailed } from '../api/client';
import { hashOf } from '../api/hash';
import type { CheckAnswer, Finding, SentCell, Severity } from '../api/types';

/** A cell as it is now. */
export interface ICellText {
  id: string;
  type: SentCell['type'];
  source: string;
  tags: string[];
}

/** What the model needs to know of a notebook. */
export interface INotebookText {
  readonly path: string;
  /** Of the kernel; null where nothing says so yet. */
  readonly language: string | null;
  cells(): ICellText[];
  /** The same without their texts, which cost time. */
  ids(): string[];
}

/** Findings of a cell, with the text that they are about. */
export interface ICellFlags {
  source: string;
  findings: Finding[];
}

/** What the user chose. */
export interface IFlagSettings {
  when: 'typing' | 'saving' | 'asked';
  delay: number;
  shown: Severity;
  ignore: string[];
}

export type FlagState =
  | { kind: 'waiting' }
  | { kind: 'ready' }
  | { kind: 'gone' }
  | { kind: 'missing' }
  | { kind: 'refused'; message: string };

const RANK: Record<Severity, number> = { blocker: 0, risk: 1, note: 2 };
const LONGEST_WAIT = 30_000;

/** Findings of one notebook; two views of it share one of these. */
export class NotebookFlags {
  constructor(
    private readonly _notebook: INotebookText,
    private readonly _client: IClient,
    private _settings: IFlagSettings,
    private readonly _key: string
  ) {}

  /** Emitted with the ids of the cells whose findings are other ones now. */
  get changed(): ISignal<this, ReadonlySet<string>> {
    return this._changed;
  }

  get state(): FlagState {
    return this._state;
  }

  /** All findings that are shown, in the notebook's order. */
  get findings(): Finding[] {
    return this._notebook.ids().flatMap(id => this._flags.get(id)?.findings ?? []);
  }

  /** Ids of the cells as they were when the findings were made; fixes count among these. */
  get order(): readonly string[] {
    return this._order;
  }

  of(cell: string): ICellFlags | undefined {
    return this._flags.get(cell);
  }

  set settings(settings: IFlagSettings) {
    this._settings = settings;
    this.check();
  }

  /** The text has changed: ask soon. */
  touch(): void {
    if (this._settings.when === 'typing' && !this._disposed) {
      this._later(this._settings.delay);
    }
  }

  /** The notebook was saved. */
  saved(): void {
    if (this._settings.when === 'saving') {
      this.check();
    }
  }

  /** Ask now; a question that is still open is out of date. */
  check(): void {
    if (!this._disposed) {
      this._later(0);
    }
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
    this._open?.abort();
    Signal.clearData(this);
  }

  private _later(milliseconds: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this._ask(), milliseconds);
  }

  private async _ask(again = true): Promise<void> {
    this._open?.abort();
    const open = (this._open = new AbortController());
    const path = this._notebook.path;
    if (path !== this._path) {
      this._path = path;
      this._known.clear();
    }
    const now = this._notebook.cells();
    const hashes = this._hashes(now);
    const cells = now.map((cell, at) => this._news(cell, hashes[at]!));
    // The server remembers the cells of one request: until it has answered, of which is unknown.
    this._known = new Set(hashes.filter(hash => this._known.has(hash)));
    const sequence = ++this._sequence;
    try {
      const answer = await this._client.check(
        {
          path,
          client: this._key,
          sequence,
          seen: this._seen,
          language: this._notebook.language,
          cells,
          ignore: this._settings.ignore
        },
        open.signal
      );
      if (this._disposed || open !== this._open) {
        return;
      }
      this._known = new Set(hashes);
      this._seen = answer.sequence;
      this._failures = 0;
      this._take(now, answer);
    } catch (problem) {
      if (this._disposed || open !== this._open) {
        return;
      }
      if (problem instanceof RequestFailed && problem.kind === 'resend' && again) {
        this._known.clear();
        return this._ask(false);
      }
      this._failed(problem);
    }
  }

  /** A cell that is as it was keeps its hash. */
  private _hashes(cells: ICellText[]): string[] {
    const before = this._hashed;
    this._hashed = new Map();
    return cells.map(cell => {
      const known = before.get(cell.id);
      const now = known && same(known.cell, cell) ? known : hashed(cell);
      this._hashed.set(cell.id, now);
      return now.hash;
    });
  }

  private _news({ id, type, source, tags }: ICellText, hash: string): SentCell {
    return this._known.has(hash) ? { id, type, hash } : { id, type, hash, source, tags };
  }

  private _take(now: ICellText[], answer: CheckAnswer): void {
    const told = new Map(answer.cells.map(cell => [cell.id, cell.findings]));
    const kept = (id: string): Finding[] => (answer.whole ? [] : (this._told.get(id) ?? []));
    const before = this._flags;
    this._order = now.map(cell => cell.id);
    this._told = new Map(this._order.map(id => [id, told.get(id) ?? kept(id)]));
    this._flags = new Map(
      now.map(({ id, source }) => {
        const findings = this._told
          .get(id)!
          .filter(f => RANK[f.severity] <= RANK[this._settings.shown]);
        return [id, { source, findings }];
      })
    );
    const other = new Set<string>();
    for (const [id, { source, findings }] of this._flags) {
      const known = before.get(id);
      const both = [...findings, ...(known?.findings ?? [])].length > 0;
      if (
        known?.source !== source ||
        (both && JSON.stringify(findings) !== JSON.stringify(known.findings))
      ) {
        other.add(id);
      }
    }
    for (const id of before.keys()) {
      if (!this._flags.has(id)) {
        other.add(id);
      }
    }
    this._set({ kind: 'ready' }, other);
  }

  private _failed(problem: unknown): void {
    // What the server knows after a failure is unknown.
    this._known.clear();
    this._seen = 0;
    const kind = problem instanceof RequestFailed ? problem.kind : 'refused';
    switch (kind) {
      case 'gone':
      case 'missing': {
        this._set({ kind }, new Set());
        // A server that comes back finds us asking; the wait grows, so that nothing storms.
        this._later(Math.min(1000 * 2 ** this._failures++, LONGEST_WAIT));
        break;
      }
      case 'outdated':
        break; // the newer one was ours
      case 'resend':
      case 'refused':
        this._set({ kind: 'refused', message: String((problem as Error).message) }, new Set());
        break;
    }
  }

  private _set(state: FlagState, cells: ReadonlySet<string>): void {
    const same = state.kind === this._state.kind && cells.size === 0;
    this._state = state;
    if (!same) {
      this._changed.emit(cells);
    }
  }

  private readonly _changed = new Signal<this, ReadonlySet<string>>(this);
  private _flags = new Map<string, ICellFlags>();
  /** What was told, shown or not. */
  private _told = new Map<string, Finding[]>();
  private _hashed = new Map<string, { cell: ICellText; hash: string }>();
  /** Hashes of the cells that the server remembers. */
  private _known = new Set<string>();
  private _sequence = 0;
  /** Sequence of the last answer that was taken. */
  private _seen = 0;
  private _order: string[] = [];
  private _path = '';
  private _state: FlagState = { kind: 'waiting' };
  private _open: AbortController | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _failures = 0;
  private _disposed = false;
}

/** How many findings there are of each severity. */
export function countOf(findings: readonly Finding[]): Record<Severity, number> {
  const count = { blocker: 0, risk: 0, note: 0 };
  for (const finding of findings) {
    count[finding.severity] += 1;
  }
  return count;
}

function same(one: ICellText, other: ICellText): boolean {
  return (
    one.source === other.source &&
    one.type === other.type &&
    one.tags.join('\n') === other.tags.join('\n')
  );
}

function hashed(cell: ICellText): { cell: ICellText; hash: string } {
  const { type, source, tags } = cell;
  return { cell, hash: hashOf(JSON.stringify([type, source, tags])) };
}
