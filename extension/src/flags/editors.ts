/** Brings flags into every editor of a code cell, whichever view it belongs to. */
import { EditorExtensionRegistry, type IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { Signal } from '@lumino/signaling';
import type { NotebookFlags } from './model';
import type { OpenNotebooks } from './notebooks';
import { IFindingActions, underlines } from './underline';

type IFactory = Parameters<IEditorExtensionRegistry['addExtension']>[0];

/** What an editor's shared model tells about its cell. */
interface ISharedCell {
  cell_type?: string;
  id?: string;
  notebook?: unknown;
}

/** The extension that JupyterLab asks for each new editor. */
export function flagsInEditors(notebooks: OpenNotebooks, actions: IFindingActions): IFactory {
  return {
    name: 'poc-graduate:flags',
    factory: ({ model }) => {
      // Every new editor comes by: files, consoles, and cells, which alone have a notebook.
      const shared = model.sharedModel as unknown as ISharedCell;
      const { id } = shared;
      if (shared.cell_type !== 'code' || id === undefined) {
        return null;
      }
      const changed = new Signal<object, ReadonlySet<string>>({});
      const flags = (): NotebookFlags | undefined => notebooks.ofShared(shared.notebook);
      let followed: NotebookFlags | undefined;
      // The editor may be made before its notebook is known.
      const follow = (): void => {
        const found = flags();
        if (found && found !== followed) {
          followed = found;
          found.changed.connect((_, cells) => changed.emit(cells));
        }
      };
      notebooks.added.connect(follow);
      follow();
      return EditorExtensionRegistry.createImmutableExtension(
        underlines({ id, changed, flags: () => flags()?.of(id) }, actions)
      );
    }
  };
}
