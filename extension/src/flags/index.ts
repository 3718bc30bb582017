/** Flags in cells, the panel of findings, the count in the status bar. */
import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, Notification } from '@jupyterlab/apputils';
import {
  CodeMirrorEditor,
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Menu, Widget } from '@lumino/widgets';
import { Client } from '../api/client';
import type { Finding } from '../api/types';
import { CommandIDs } from '../commands';
import { IFlags } from '../tokens';
import { DEFAULTS, PLUGIN_ID, flagSettings } from '../settings';
import { confirmFix } from './confirm';
import { NotebookFlags } from './model';
import { OpenNotebooks, activeEditor, applyChanges, jump, sourceIn } from './notebooks';
import { FindingsPanel, counted } from './panel';
import { changesOf, rewritten, suppression } from './repair';
import { IFindingActions, findingsAt, underlines } from './underline';

/** What an editor's shared model tells about its cell. */
interface ISharedCell {
  cell_type?: string;
  id?: string;
  notebook?: unknown;
}

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

    const actions: IFindingActions = {
      trans,
      explain: finding =>
        void app.commands.execute(CommandIDs.explain, {
          code: finding.code,
          link: finding.link
        }),
      fix: (cell, finding) => void fix(cell, finding),
      ignore: (cell, finding) => ignore(cell, finding),
      menu: (cell, line, at) => openMenu(at, findingsOnLine(cell, line))
    };

    editors.addExtension({
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
    });

    const panel = new FindingsPanel(trans, finding => void open(finding));
    app.shell.add(panel, 'right', { rank: 850, type: 'Findings' });
    restorer?.add(panel, panel.id);

    const status = new Widget({ node: document.createElement('button') });
    status.addClass('jp-PocGraduate-status');
    status.node.onclick = () => void app.commands.execute(CommandIDs.findings);
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
      const text = flags?.state.kind === 'ready' ? counted(flags.findings, trans) : '…';
      status.node.textContent = `⚑ ${text}`;
      status.node.title = trans.__('Findings of this notebook: %1', text);
      status.node.setAttribute('aria-label', status.node.title);
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

    function viewOf(cell: string): NotebookPanel | null {
      const has = (view: NotebookPanel): boolean =>
        Array.from(view.content.model?.cells ?? []).some(one => one.id === cell);
      const view = tracker.currentWidget;
      return view && has(view) ? view : (tracker.find(has) ?? null);
    }

    async function open(finding: Finding): Promise<void> {
      const view = tracker.currentWidget;
      const cell = current()?.order[finding.cell - 1];
      if (view && cell !== undefined) {
        await jump(view, finding, cell);
      }
    }

    async function fix(cell: string, finding: Finding): Promise<void> {
      const view = viewOf(cell);
      const model = view?.content.model;
      const flags = view ? notebooks.of(view) : undefined;
      if (!view || !model || !flags || !finding.fix) {
        return;
      }
      const asked = flags.of(cell)?.source;
      const plan = () => changesOf(finding.fix!, flags.order, sourceIn(model));
      const before = plan();
      if (before === null || sourceIn(model)(cell) !== asked) {
        Notification.warning(trans.__('The cell has changed since. Look at the new findings.'));
        return;
      }
      if (!finding.fix.safe || finding.fix.files.length > 0 || finding.fix.removed.length > 0) {
        const texts = rewritten(before, sourceIn(model));
        if (!(await confirmFix(finding, texts, trans))) {
          return;
        }
      }
      const now = plan();
      if (now === null || JSON.stringify(now) !== JSON.stringify(before)) {
        return;
      }
      const { order } = flags;
      applyChanges(model, now);
      for (const added of [...finding.fix.cells].reverse()) {
        const index = order.indexOf(order[added.before - 1] ?? '');
        model.sharedModel.insertCell(index < 0 ? model.cells.length : index, {
          cell_type: 'code',
          source: added.source,
          metadata: added.tags.length > 0 ? { tags: added.tags } : {}
        });
      }
      for (const removed of finding.fix.removed) {
        const index = Array.from(model.cells).findIndex(c => c.id === order[removed - 1]);
        if (index >= 0) {
          model.sharedModel.deleteCell(index);
        }
      }
      const folder = view.context.path.split('/').slice(0, -1).join('/');
      for (const file of finding.fix.files) {
        const path = folder ? `${folder}/${file.path}` : file.path;
        await app.serviceManager.contents.save(path, {
          type: 'file',
          format: 'text',
          content: file.text
        });
      }
      flags.check();
    }

    function ignore(cell: string, finding: Finding): void {
      const model = viewOf(cell)?.content.model;
      const source = model ? sourceIn(model)(cell) : undefined;
      if (model && source !== undefined) {
        applyChanges(model, [{ cell, ...suppression(source, finding, finding.code) }]);
      }
    }

    function findingsOnLine(cell: string, line: number): { cell: string; finding: Finding }[] {
      const view = viewOf(cell);
      const found = (view ? notebooks.of(view)?.of(cell)?.findings : undefined) ?? [];
      return found
        .filter(finding => finding.line <= line && line <= finding.end_line)
        .map(finding => ({ cell, finding }));
    }

    function openMenu(
      at: { x: number; y: number },
      found: readonly { cell: string; finding: Finding }[]
    ): void {
      if (found.length === 0) {
        return;
      }
      const menu = new Menu({ commands: app.commands });
      menu.addClass('jp-PocGraduate-menu');
      for (const { cell, finding } of found) {
        if (menu.items.length > 0) {
          menu.addItem({ type: 'separator' });
        }
        if (finding.fix) {
          const title = finding.fix.safe ? finding.fix.title : `${finding.fix.title}…`;
          menu.addItem({ command: DO, args: { cell, ...label(finding, 'fix', title) } });
        }
        const ignored = trans.__('Ignore %1 here', finding.code);
        menu.addItem({ command: DO, args: { cell, ...label(finding, 'ignore', ignored) } });
        const page = trans.__('Explain %1', [finding.code, finding.name].join(' ').trim());
        menu.addItem({ command: DO, args: { cell, ...label(finding, 'page', page) } });
      }
      chosen = found;
      menu.open(at.x, at.y);
      menu.activeIndex = 0;
    }

    let chosen: readonly { cell: string; finding: Finding }[] = [];
    const DO = 'poc-graduate:act';
    const label = (finding: Finding, act: string, text: string) => ({
      act,
      text,
      number: `${finding.code}:${finding.line}:${finding.column}`
    });
    app.commands.addCommand(DO, {
      label: args => String(args['text'] ?? ''),
      execute: args => {
        const found = chosen.find(({ finding }) => {
          return `${finding.code}:${finding.line}:${finding.column}` === args['number'];
        });
        if (found && args['act'] === 'page') {
          actions.explain(found.finding);
        } else if (found) {
          const act = args['act'] === 'fix' ? actions.fix : actions.ignore;
          act(found.cell, found.finding);
        }
      }
    });

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
      execute: () => {
        const active = activeEditor(tracker.currentWidget);
        if (active) {
          const view = (active.editor as CodeMirrorEditor).editor;
          const head = view.state.selection.main.head;
          const at = view.coordsAtPos(head);
          const cell = active.cell.model.id;
          const found = findingsAt(view, head).map(finding => ({ cell, finding }));
          openMenu({ x: at?.left ?? 0, y: at?.bottom ?? 0 }, found);
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
    app.commands.addCommand(CommandIDs.explain, {
      label: trans.__('Explain a Rule'),
      execute: async args => {
        const link = String(args['link'] ?? '');
        if (link.startsWith('https://')) {
          window.open(link, '_blank', 'noopener');
          return;
        }
        const code = String(args['code']);
        const id = `poc-graduate-rule-${code}`;
        if (!Array.from(app.shell.widgets('main')).some(widget => widget.id === id)) {
          const { text } = await client.explain(code);
          const content = rendermime.createRenderer('text/markdown');
          content.addClass('jp-PocGraduate-page');
          await content.renderModel(new MimeModel({ data: { 'text/markdown': text } }));
          const page = new MainAreaWidget({ content });
          page.id = id;
          page.title.label = code;
          page.title.closable = true;
          app.shell.add(page, 'main', { mode: 'split-right' });
        }
        app.shell.activateById(id);
      }
    });
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
        await (cell === undefined ? undefined : fix(cell, finding));
      },
      jump: (view, place) => jump(view, place)
    };
  }
};
