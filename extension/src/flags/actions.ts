/** What can be done about a finding: mend it, ignore it, read about it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import type { Finding, Fix } from '../api/types';
import { CommandIDs } from '../commands';
import { applyChanges, applyFix } from './applying';
import { confirmFix } from './confirm';
import { OpenNotebooks, sourceIn } from './notebooks';
import { changesOf, rewritten, suppression } from './repair';
import type { IFindingActions } from './underline';

interface IOptions {
  app: JupyterFrontEnd;
  trans: TranslationBundle;
  notebooks: OpenNotebooks;
  /** A view of the notebook that holds a cell, the one that is used first. */
  viewOf(cell: string): NotebookPanel | null;
}

/** A finding, and the cell that it stands in now. */
export interface IPlaced {
  cell: string;
  finding: Finding;
}

type Act = 'fix' | 'ignore' | 'explain';

/** Acts on findings, asked by hovers, gutters, menus and other views. */
export class FindingActions implements IFindingActions {
  constructor(private readonly _options: IOptions) {
    this.trans = _options.trans;
    _options.app.commands.addCommand(CommandIDs.act, {
      label: args => String(args['text'] ?? ''),
      execute: args => this._chosen(args['act'] as Act, args['key'] as string)
    });
  }

  readonly trans: TranslationBundle;

  explain(finding: Finding): void {
    const { code, link } = finding;
    void this._options.app.commands.execute(CommandIDs.explain, { code, link });
  }

  fix(cell: string, finding: Finding): void {
    void this.fixed(cell, finding);
  }

  ignore(cell: string, finding: Finding): void {
    const view = this._options.viewOf(cell);
    const model = view?.content.model;
    const source = model ? sourceIn(model)(cell) : undefined;
    if (!view || !model || source === undefined) {
      return;
    }
    if (this._options.notebooks.of(view)?.of(cell)?.source !== source) {
      this._outdated();
    } else {
      applyChanges(model, [{ cell, ...suppression(source, finding, finding.code) }]);
    }
  }

  menu(cell: string, line: number, at: { x: number; y: number }): void {
    const view = this._options.viewOf(cell);
    const flags = view ? this._options.notebooks.of(view) : undefined;
    const found = flags?.of(cell)?.findings ?? [];
    const onLine = found.filter(
      ({ line: first, end_line }) => first <= line && line <= end_line
    );
    this.openMenu(
      at,
      onLine.map(finding => ({ cell, finding }))
    );
  }

  /** Apply a finding's fix; where it changes more than how the code reads, ask first. */
  async fixed(cell: string, finding: Finding): Promise<void> {
    const view = this._options.viewOf(cell);
    const model = view?.content.model;
    const flags = view ? this._options.notebooks.of(view) : undefined;
    const { fix } = finding;
    if (!view || !model || !flags || !fix) {
      return;
    }
    const { order } = flags;
    const asked = flags.of(cell)?.source;
    const plan = () => changesOf(fix, order, sourceIn(model));
    const before = plan();
    if (before === null || sourceIn(model)(cell) !== asked) {
      this._outdated();
      return;
    }
    if (!fix.safe || fix.files.length > 0 || fix.removed.length > 0) {
      const texts = rewritten(before, sourceIn(model));
      if (!(await confirmFix(finding, texts, this.trans))) {
        return;
      }
    }
    const now = plan();
    if (now === null || JSON.stringify(now) !== JSON.stringify(before)) {
      return;
    }
    applyFix(model, fix, order, now);
    flags.check();
    await this._write(fix, view.context.path);
  }

  /** Offer what can be done about some findings. */
  openMenu(at: { x: number; y: number }, found: readonly IPlaced[]): void {
    if (found.length === 0) {
      return;
    }
    const { app } = this._options;
    const menu = new Menu({ commands: app.commands });
    menu.addClass('jp-PocGraduate-menu');
    this._offered = new Map(found.map((one, number) => [String(number), one]));
    for (const [key, { finding }] of this._offered) {
      if (menu.items.length > 0) {
        menu.addItem({ type: 'separator' });
      }
      for (const [act, text] of this._choices(finding)) {
        menu.addItem({ command: CommandIDs.act, args: { act, key, text } });
      }
    }
    menu.aboutToClose.connect(() => {
      // its own handling of the chosen item comes first
      requestAnimationFrame(() => menu.dispose());
    });
    menu.open(at.x, at.y);
    menu.activeIndex = 0;
  }

  private _choices(finding: Finding): [Act, string][] {
    const { code, name, fix } = finding;
    const fixes: [Act, string][] = fix ? [['fix', fix.safe ? fix.title : `${fix.title}…`]] : [];
    return [
      ...fixes,
      ['ignore', this.trans.__('Ignore %1 here', code)],
      ['explain', this.trans.__('Explain %1', [code, name].join(' ').trim())]
    ];
  }

  private _chosen(act: Act, key: string): void {
    const found = this._offered.get(key);
    if (!found) {
      return;
    }
    switch (act) {
      case 'fix':
        return this.fix(found.cell, found.finding);
      case 'ignore':
        return this.ignore(found.cell, found.finding);
      case 'explain':
        return this.explain(found.finding);
      default: {
        const never: never = act;
        return never;
      }
    }
  }

  private _outdated(): void {
    const text = this.trans.__('The cell has changed since. Look at the new findings.');
    Notification.warning(text, { autoClose: 5000 });
  }

  /** The files that a fix brings, beside the notebook. */
  private async _write(fix: Fix, notebook: string): Promise<void> {
    const folder = notebook.split('/').slice(0, -1).join('/');
    const { contents } = this._options.app.serviceManager;
    for (const { path, text } of fix.files) {
      const file = { type: 'file', format: 'text', content: text } as const;
      await contents.save(folder ? `${folder}/${path}` : path, file);
    }
  }

  private _offered = new Map<string, IPlaced>();
}
