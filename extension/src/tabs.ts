/** Where our tabs go, in JupyterLab and in Notebook 7. */
import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Widget } from '@lumino/widgets';

/** The main area where it takes more than the notebook; Notebook 7 has room beside it. */
export class Tabs {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    labShell: ILabShell | null
  ) {
    this._area = labShell ? 'main' : 'right';
  }

  find(id: string): Widget | undefined {
    return Array.from(this._shell.widgets(this._area)).find(one => one.id === id);
  }

  add(tab: Widget, options?: DocumentRegistry.IOpenOptions): void {
    this._shell.add(tab, this._area, options);
  }

  show(id: string): void {
    this._shell.activateById(id);
  }

  private readonly _area: 'main' | 'right';
}
