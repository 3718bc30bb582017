/** One click from a notebook to a proven pipeline. */
import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IFrame, fileIcon, treeViewIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { Client } from '../api/client';
import { CommandIDs } from '../commands';
import { PLUGIN_ID, exportFolder } from '../settings';
import { contentOf } from '../notebook/content';
import { Tabs } from '../tabs';
import { IFlags } from '../tokens';
import { ProjectModel } from '../project/model';
import { openScript } from '../project/script';
import { ProjectView } from '../project/view';
import { ExportModel, isActive } from './model';
import { pageName } from './ended';
import { ExportView } from './view';

/** Tags of cells that papermill adds. */
const PUT_IN = ['injected-parameters', 'papermill-error-cell-tag'];

/** A tab without the empty bar that JupyterLab puts above. */
function tabOf<T extends Widget>(content: T): MainAreaWidget<T> {
  const tab = new MainAreaWidget({ content });
  tab.toolbar.hide();
  return tab;
}

export const graduatePlugin: JupyterFrontEndPlugin<void> = {
  id: 'poc-graduate:graduate',
  description: 'Turns a notebook into a pipeline that provably computes the same.',
  autoStart: true,
  requires: [INotebookTracker, IDocumentManager, IFlags],
  optional: [
    ISettingRegistry,
    ICommandPalette,
    ILayoutRestorer,
    IDefaultFileBrowser,
    ITranslator,
    ILabShell
  ],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    flags: IFlags,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null,
    labShell: ILabShell | null
  ) => {
    const trans = (translator ?? nullTranslator).load('poc_graduate');
    const client = new Client(app.serviceManager.serverSettings);
    const tabs = new Tabs(app.shell, labShell);
    let settings: ISettingRegistry.ISettings | null = null;
    void registry?.load(PLUGIN_ID).then(loaded => (settings = loaded));

    const exports_ = new WidgetTracker<MainAreaWidget<ExportView>>({
      namespace: 'poc-graduate-exports'
    });
    const projects = new WidgetTracker<MainAreaWidget<ProjectView>>({
      namespace: 'poc-graduate-projects'
    });

    /** The notebook's tab, opened where it is not. */
    async function notebookAt(path: string): Promise<NotebookPanel | null> {
      const open = notebooks.find(panel => panel.context.path === path);
      const panel =
        open ?? (documents.openOrReveal(path, 'Notebook') as NotebookPanel | undefined);
      await panel?.context.ready;
      await panel?.revealed;
      return panel ?? null;
    }

    const pageId = (project: string, page: string): string =>
      `poc-graduate-page-${project}/${page}`;
    const pageTab = (project: string, page: string): Widget | undefined =>
      tabs.find(pageId(project, page));

    function openPage(project: string, page: string): void {
      const id = pageId(project, page);
      if (!pageTab(project, page)) {
        // No exceptions: pages run no scripts, and reach nothing of Jupyter's.
        const content = new IFrame({ sandbox: [] });
        const [file, anchor] = page.split('#');
        content.url = client.pageUrl(project, file!) + (anchor ? `#${anchor}` : '');
        const tab = tabOf(content);
        tab.id = id;
        tab.title.icon = fileIcon;
        tab.title.label = `${project.replace(/^.*\//, '')}: ${pageName(page)}`;
        tab.title.closable = true;
        tabs.add(tab);
      }
      tabs.show(id);
    }

    async function openExport(path: string): Promise<void> {
      const id = `poc-graduate-export-${path}`;
      let tab = exports_.find(one => one.id === id);
      if (!tab) {
        const panel = (): NotebookPanel | undefined =>
          notebooks.find(one => one.context.path === path);
        const model = new ExportModel(path, client, undefined, () => {
          const open = panel()?.context;
          return open?.isReady ? contentOf(open.model) : null;
        });
        const view = new ExportView(model, {
          trans,
          findings: () => {
            const open = panel();
            return open ? flags.findings(open) : null;
          },
          fix: finding =>
            void notebookAt(path).then(async open => {
              if (open) {
                await flags.fix(open, finding);
              }
            }),
          jump: place => void jump(path, place),
          openPage,
          openProject: project =>
            void app.commands.execute(CommandIDs.project, { path: project }),
          start: () => void model.start()
        });
        // Findings go by the text in the editor, and fixes accepted here change it.
        const renew = (): void => view.update();
        flags.changed.connect(renew);
        view.disposed.connect(() => flags.changed.disconnect(renew));
        let running = false;
        model.changed.connect((_, state) => {
          if (state.kind === 'done' && running) {
            arrived(state.job.result);
          }
          running = state.kind === 'running';
        });
        tab = tabOf(view);
        tab.id = id;
        tab.title.icon = treeViewIcon;
        tab.title.label = trans.__(
          'Pipeline: %1',
          path.replace(/^.*\//, '').replace(/\.\w+$/, '')
        );
        tab.title.closable = true;
        tabs.add(tab);
        await exports_.add(tab);
        void model.open().then(() => {
          const folder = exportFolder(settings);
          if (model.state.kind === 'asking' && folder) {
            const stem = path.replace(/^.*\//, '').replace(/\.\w+$/, '');
            const beside = path.split('/').slice(0, -1);
            model.to = [...beside, folder.replace('{name}', stem)].join('/');
          }
        });
      } else if (tab.content.model.state.kind !== 'running') {
        void tab.content.model.open();
      }
      tabs.show(id);
    }

    async function jump(
      path: string,
      place: { cell: number; line: number; column?: number }
    ): Promise<void> {
      const panel = await notebookAt(path);
      const cell = panel?.content.model?.cells.get(place.cell - 1);
      if (panel && cell) {
        app.shell.activateById(panel.id);
        const column = place.column ?? 1;
        const { line } = place;
        const end = { end_line: line, end_column: column };
        await flags.jump(panel, { cell_id: cell.id, line, column, ...end });
      }
    }

    /** An executed notebook at a cell of its author's; those that papermill put in do not count. */
    async function openAt(path: string, cell: number, line: number): Promise<void> {
      const panel = await notebookAt(path);
      const own = Array.from(panel?.content.model?.cells ?? []).filter(one => {
        const tags = (one.getMetadata('tags') as string[] | undefined) ?? [];
        return !tags.some(tag => PUT_IN.includes(tag));
      });
      const found = own[cell - 1];
      if (panel && found) {
        const at = { line: Math.max(line, 1), column: 1 };
        const end = { end_line: at.line, end_column: 1 };
        await flags.jump(panel, { cell_id: found.id, ...at, ...end });
      }
    }

    async function showFolder(folder: string): Promise<void> {
      await browser?.model.cd(`/${folder}`);
      await browser?.model.refresh();
    }

    /** A project has been written: show its folder, and the page that proves it. */
    function arrived(result: { project: string; pages: string[] } | null): void {
      if (result) {
        void showFolder(result.project);
        const certificate = result.pages.find(page => pageName(page) === 'certificate');
        const shown = certificate ? [`${certificate}#pipeline`, certificate] : [];
        for (const page of shown) {
          // one of an earlier export would stay as it was
          pageTab(result.project, page)?.dispose();
          openPage(result.project, page);
        }
      }
    }

    app.commands.addCommand(CommandIDs.graduate, {
      label: args =>
        args['toolbar'] ? trans.__('To Pipeline') : trans.__('Export Notebook as a Pipeline…'),
      caption: trans.__('Turn this notebook into a pipeline that provably computes the same'),
      icon: args => (args['toolbar'] ? treeViewIcon : undefined),
      isEnabled: () => notebooks.currentWidget !== null,
      execute: async args => {
        const path =
          (args['path'] as string | undefined) ?? notebooks.currentWidget?.context.path;
        if (path !== undefined) {
          await openExport(path);
        }
      }
    });
    app.commands.addCommand(CommandIDs.graduateFile, {
      label: trans.__('Export as a Pipeline…'),
      icon: treeViewIcon.bindprops({ stylesheet: 'menuItem' }),
      execute: async () => {
        const item = browser?.selectedItems().next().value;
        if (item) {
          await openExport(item.path);
        }
      }
    });
    app.commands.addCommand(CommandIDs.project, {
      label: trans.__('Open as an Exported Project'),
      icon: treeViewIcon.bindprops({ stylesheet: 'menuItem' }),
      execute: async args => {
        const chosen = args['path'] as string | undefined;
        const selected = browser?.selectedItems().next().value;
        const folder = selected?.type === 'directory' ? selected.path : browser?.model.path;
        const path = chosen ?? folder?.replace(/^.*?:/, '');
        if (path === undefined) {
          return;
        }
        const id = `poc-graduate-project-${path}`;
        if (!projects.find(tab => tab.id === id)) {
          const model = new ProjectModel(path, client);
          const content = new ProjectView(model, {
            trans,
            openPage,
            openAnew: (project, page) => {
              pageTab(project, page)?.dispose();
              openPage(project, page);
            },
            open: file => void documents.openOrReveal(file),
            openAt: (file, cell, line) => void openAt(file, cell, line),
            openFolder: folder => void showFolder(folder),
            openScript: file => void openScript(file, { app, documents, trans })
          });
          const tab = tabOf(content);
          tab.id = id;
          tab.title.icon = treeViewIcon;
          tab.title.label = path.replace(/^.*\//, '');
          tab.title.closable = true;
          tabs.add(tab);
          await projects.add(tab);
          void model.open();
        }
        tabs.show(id);
      }
    });
    for (const command of [CommandIDs.graduate, CommandIDs.project]) {
      palette?.addItem({ command, category: trans.__('Pipeline') });
    }

    const pathOf = (id: string, kind: string): string =>
      id.slice(`poc-graduate-${kind}-`.length);
    void restorer?.restore(exports_, {
      command: CommandIDs.graduate,
      args: tab => ({ path: pathOf(tab.id, 'export') }),
      name: tab => tab.id
    });
    void restorer?.restore(projects, {
      command: CommandIDs.project,
      args: tab => ({ path: pathOf(tab.id, 'project') }),
      name: tab => tab.id
    });

    // A job that was left alone is offered, not forced upon whoever comes back.
    void app.restored
      .then(() => client.jobs())
      .then(jobs => {
        for (const job of jobs.filter(isActive)) {
          const open = exports_.find(tab => pathOf(tab.id, 'export') === job.path);
          if (job.kind === 'export' && !open) {
            Notification.info(trans.__('%1 is being exported.', job.path), {
              autoClose: false,
              actions: [{ label: trans.__('Show'), callback: () => void openExport(job.path) }]
            });
          }
        }
      })
      .catch(() => {
        // the panel of findings says that the server is not there
      });
  }
};
