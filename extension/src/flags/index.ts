/** Flags in cells, the panel of findings, the count in the status bar. */
import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { CodeMirrorEditor, IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Client } from '../api/client';
import type { Finding } from '../api/types';
import { CommandIDs } from '../commands';
import { IFlags } from '../tokens';
import { DEFAULTS, PLUGIN_ID, flagSettings } from '../settings';
import { Tabs } from '../tabs';
import { FindingActions } from './actions';
import { flagsInEditors } from './editors';
import { NotebookFlags } from './model';
import { OpenNotebooks, activeEditor, jump } from './notebooks';
import { addExplainCommand } from './page';
import { FindingsPanel } from './panel';
import { FindingsCount } from './status';
import { findingsAt } from './underline';

export const flagsPlugin: JupyterFrontEndPlugin<IFlags> = {
  id: PLUGIN_ID,
  description: 'Flags shortcuts of prototypes in the cells of notebooks.',
  autoStart: true,
  provides: IFlags,
  requires: [IEditorExtensionRegistry, INotebookTracker, IRenderMimeRegistry],
  optional: [
    ISettingRegistry,
    ICommandPalette,
    ILayoutRestorer,
    IStatusBar,
    ITranslator,
    ILabShell
  ],
  activate: (
    app: JupyterFrontEnd,
    editors: IEditorExtensionRegistry,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null,
    labShell: ILabShell | null
  ) => {
    const trans = (translator ?? nullTranslator).load('poc_graduate');
    const client = new Client(app.serviceManager.serverSettings);
    const notebooks = new OpenNotebooks(client, DEFAULTS);

    const current = (): NotebookFlags | undefined =>
      tracker.currentWidget ? notebooks.of(tracker.currentWidget) : undefined;

    const viewOf = (cell: string): NotebookPanel | null => {
      const has = (view: NotebookPanel): boolean =>
        Array.from(view.content.model?.cells ?? []).some(one => one.id === cell);
      const view = tracker.currentWidget;
      return view && has(view) ? view : (tracker.find(has) ?? null);
    };
    const actions = new FindingActions({ app, trans, notebooks, viewOf });

    editors.addExtension(flagsInEditors(notebooks, actions));

    const panel = new FindingsPanel(trans, finding => void open(finding));
    app.shell.add(panel, 'right', { rank: 850, type: 'Findings' });
    restorer?.add(panel, panel.id);

    const status = new FindingsCount(trans, () => {
      void app.commands.execute(CommandIDs.findings);
    });
    statusBar?.registerStatusItem('poc-graduate:count', {
      item: status,
      align: 'left',
      rank: 20,
      isActive: () => tracker.currentWidget !== null,
      activeStateChanged: tracker.currentChanged as never
    });

    const show = (): void => {
      const flags = current();
      const view = tracker.currentWidget;
      const active = view?.content.activeCell;
      panel.show_({
        notebook: view ? view.context.path : null,
        state: flags?.state ?? { kind: 'waiting' },
        findings: flags?.findings ?? [],
        cursor: active
          ? {
              cell: active.model.id,
              line: (active.editor?.getCursorPosition().line ?? 0) + 1
            }
          : null,
        cellOf: finding => flags?.order[finding.cell - 1] ?? finding.cell_id
      });
      status.show_(flags);
    };

    const added = (view: NotebookPanel): void => {
      notebooks.add(view);
      const follow = (): void => {
        show();
        const cell = view.content.activeCell;
        // a cell outside the viewport has no editor yet
        void cell?.ready.then(() => {
          if (!cell.isDisposed) {
            cell.editor?.model.selections.changed.connect(show);
            show();
          }
        });
      };
      view.content.activeCellChanged.connect(follow);
      follow();
    };
    tracker.forEach(added);
    tracker.widgetAdded.connect((_, view) => added(view));
    tracker.currentChanged.connect(show);
    notebooks.changed.connect((_, flags) => flags === current() && show());
    show();

    // Who presses the next key before the cursor has arrived means the place it goes to.
    let arrived: Promise<unknown> = Promise.resolve();
    async function open(finding: Finding): Promise<void> {
      const view = tracker.currentWidget;
      const cell = current()?.order[finding.cell - 1];
      if (view && cell !== undefined) {
        const jumped = jump(view, finding, cell);
        arrived = jumped.catch(() => false);
        await jumped;
      }
    }

    const hasNotebook = (): boolean => tracker.currentWidget !== null;
    app.commands.addCommand(CommandIDs.check, {
      label: trans.__('Check Notebook for Shortcuts'),
      isEnabled: hasNotebook,
      execute: () => current()?.check()
    });
    app.commands.addCommand(CommandIDs.findings, {
      label: trans.__('Findings of the Notebook'),
      execute: () => {
        app.shell.activateById(panel.id);
        labShell?.expandRight();
        panel.node.querySelector('input')?.focus();
      }
    });
    app.commands.addCommand(CommandIDs.fixes, {
      label: trans.__('Fixes at the Cursor'),
      isEnabled: hasNotebook,
      execute: async () => {
        await arrived;
        const active = activeEditor(tracker.currentWidget);
        if (active) {
          const view = (active.editor as CodeMirrorEditor).editor;
          const head = view.state.selection.main.head;
          const at = view.coordsAtPos(head);
          const cell = active.cell.model.id;
          const found = findingsAt(view, head).map(finding => ({ cell, finding }));
          actions.openMenu({ x: at?.left ?? 0, y: at?.bottom ?? 0 }, found);
        }
      }
    });
    app.commands.addCommand(CommandIDs.next, {
      label: trans.__('Next Finding'),
      isEnabled: hasNotebook,
      execute: () => {
        const flags = current();
        const found = flags?.findings ?? [];
        const active = tracker.currentWidget?.content.activeCell;
        const cell = flags && active ? flags.order.indexOf(active.model.id) + 1 : 0;
        const line = (active?.editor?.getCursorPosition().line ?? -1) + 1;
        const next = found.find(f => f.cell > cell || (f.cell === cell && f.line > line));
        const finding = next ?? found[0];
        return finding ? open(finding) : undefined;
      }
    });
    addExplainCommand(app, { client, rendermime, trans, tabs: new Tabs(app.shell, labShell) });
    for (const command of [
      CommandIDs.check,
      CommandIDs.findings,
      CommandIDs.fixes,
      CommandIDs.next
    ]) {
      palette?.addItem({ command, category: trans.__('Pipeline') });
    }

    void registry?.load(PLUGIN_ID).then(settings => {
      const read = (): void => {
        notebooks.settings = flagSettings(settings);
      };
      settings.changed.connect(read);
      read();
    });

    return {
      changed: notebooks.changed,
      findings: view => {
        const flags = notebooks.of(view);
        return flags?.state.kind === 'ready' ? flags.findings : null;
      },
      fix: async (view, finding) => {
        const cell = notebooks.of(view)?.order[finding.cell - 1];
        await (cell === undefined ? undefined : actions.fixed(cell, finding));
      },
      jump: (view, place) => jump(view, place)
    };
  }
};
