/** The count of findings in the status bar; a click opens the panel. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { NotebookFlags } from './model';
import { counted } from './panel';

/** "⚑ 2 blockers, 1 risk". */
export class FindingsCount extends Widget {
  constructor(
    private readonly _trans: TranslationBundle,
    open: () => void
  ) {
    super({ node: document.createElement('button') });
    this.addClass('jp-PocGraduate-status');
    this.node.onclick = open;
  }

  show_(flags: NotebookFlags | undefined): void {
    const text = flags?.state.kind === 'ready' ? counted(flags.findings, this._trans) : '…';
    const title = this._trans.__('Findings of this notebook: %1', text);
    this.node.textContent = `⚑ ${text}`;
    this.node.title = title;
    this.node.setAttribute('aria-label', title);
  }
}
