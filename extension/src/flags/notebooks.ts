/** Open notebooks and their flags: one record a notebook, however many views show it. */
import type { Cell, CodeCell } from '@jupyterlab/cells';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';
import type { IClient } from '../api/client';
import type { Finding } from '../api/types';
import { editorPosition } from '../notebook/places';
import { ICellText, IFlagSettings, NotebookFlags } from './model';

type Context = DocumentRegistry.IContext<INotebookModel>;

/** The cells of a notebook model as the server wants them; widgets may not exist yet. */
export function cellsOf(model: INotebookModel): ICellText[] {
  return Array.from(model.cells, cell => ({
    id: cell.id,
    type: cell.type as ICellText['type'],
    source: cell.sharedModel.getSource(),
    tags: ((cell.getMetadata('tags') as string[] | undefined) ?? []).map(String)
  }));
}

/** The language of a notebook's kernel, as far as its metadata tell. */
export function languageOf(model: INotebookModel): string | null {
  const info = model.getMetadata('language_info') as { name?: string } | undefined;
  const spec = model.getMetadata('kernelspec') as { language?: string } | undefined;
  return info?.name ?? spec?.language ?? null;
}

/** Source of a cell in a model. */
export function sourceIn(model: INotebookModel): (cell: string) => string | undefined {
  const sources = new Map(cellsOf(model).map(cell => [cell.id, cell.source]));
  return cell => sources.get(cell);
}

/** Keeps one `NotebookFlags` for each notebook that is open. */
export class OpenNotebooks {
  constructor(
    private readonly _client: IClient,
    private _settings: IFlagSettings
  ) {}

  /** Emitted when the findings of a notebook are other ones. */
  get changed(): ISignal<this, NotebookFlags> {
    return this._changed;
  }

  /** Emitted when another notebook is looked after. */
  get added(): ISignal<this, void> {
    return this._added;
  }

  set settings(settings: IFlagSettings) {
    this._settings = settings;
    for (const { flags } of this._open.values()) {
      flags.settings = settings;
    }
  }

  /** Look after a notebook that a new view shows. */
  add(panel: NotebookPanel): void {
    const { context } = panel;
    const found = this._open.get(context);
    if (found) {
      found.views.add(panel);
    } else {
      this._watch(context, new Set([panel]));
    }
    panel.disposed.connect(() => this._closed(context, panel));
  }

  of(panel: NotebookPanel): NotebookFlags | undefined {
    return this._open.get(panel.context)?.flags;
  }

  /** By the shared notebook, which is what a cell's editor knows. */
  ofShared(notebook: unknown): NotebookFlags | undefined {
    return this._shared.get(notebook as object);
  }

  private _watch(context: Context, views: Set<NotebookPanel>): void {
    const notebook = {
      get path() {
        return context.localPath;
      },
      get language() {
        return languageOf(context.model);
      },
      cells: () => cellsOf(context.model),
      ids: () => Array.from(context.model.cells, cell => cell.id)
    };
    const flags = new NotebookFlags(notebook, this._client, this._settings, UUID.uuid4());
    this._open.set(context, { flags, views });
    this._shared.set(context.model.sharedModel, flags);
    flags.changed.connect(() => this._changed.emit(flags));
    context.model.contentChanged.connect(flags.touch, flags);
    context.pathChanged.connect(flags.check, flags);
    context.saveState.connect((_, state) => state === 'completed' && flags.saved());
    this._added.emit();
    void context.ready.then(() => flags.check());
  }

  private _closed(context: Context, panel: NotebookPanel): void {
    const found = this._open.get(context);
    found?.views.delete(panel);
    if (found?.views.size === 0) {
      this._open.delete(context);
      found.flags.dispose();
      this._changed.emit(found.flags);
    }
  }

  private readonly _open = new Map<
    Context,
    { flags: NotebookFlags; views: Set<NotebookPanel> }
  >();
  private readonly _shared = new WeakMap<object, NotebookFlags>();
  private readonly _added = new Signal<this, void>(this);
  private readonly _changed = new Signal<this, NotebookFlags>(this);
}

/** Put the cursor where something was found. */
export async function jump(
  panel: NotebookPanel,
  place: Pick<Finding, 'cell_id' | 'line' | 'column' | 'end_line' | 'end_column'>,
  id: string = place.cell_id
): Promise<boolean> {
  const notebook = panel.content;
  const index = notebook.widgets.findIndex(cell => cell.model.id === id);
  const cell: Cell | undefined = notebook.widgets[index];
  if (!cell) {
    return false;
  }
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index, 'smart');
  // a cell outside the viewport gets its editor now
  await cell.ready;
  const source = cell.model.sharedModel.getSource();
  notebook.mode = 'edit';
  cell.editor?.setSelection({
    start: editorPosition(source, place.line, place.column),
    end: editorPosition(source, place.end_line, place.end_column)
  });
  cell.editor?.focus();
  return true;
}

/** The CodeMirror view of a notebook's active code cell. */
export function activeEditor(panel: NotebookPanel | null): {
  cell: CodeCell;
  editor: CodeMirrorEditor;
} | null {
  const cell = panel?.content.activeCell;
  const editor = cell?.model.type === 'code' ? cell.editor : null;
  return cell && editor ? { cell: cell as CodeCell, editor: editor as CodeMirrorEditor } : null;
}
