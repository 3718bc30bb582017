/** Squiggles, gutter marks and hovers in the editor of one cell. */
import {
  Action,
  Diagnostic,
  forEachDiagnostic,
  linter,
  setDiagnostics
} from '@codemirror/lint';
import { Extension, RangeSet, StateEffect, StateField, Text } from '@codemirror/state';
import { EditorView, GutterMarker, ViewPlugin, gutter } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import type { Finding, Severity } from '../api/types';
import { rangeOf } from '../notebook/places';
import type { ICellFlags } from './model';
import { sentence, withCode } from './text';

/** What an editor asks about its own cell. */
export interface ICellSource {
  flags(): ICellFlags | undefined;
  readonly changed: ISignal<unknown, ReadonlySet<string>>;
  readonly id: string;
}

/** What can be done about a finding. */
export interface IFindingActions {
  trans: TranslationBundle;
  fix(cell: string, finding: Finding): void;
  ignore(cell: string, finding: Finding): void;
  menu(cell: string, line: number, at: { x: number; y: number }): void;
  explain(finding: Finding): void;
}

const KIND: Record<Severity, Diagnostic['severity']> = {
  blocker: 'error',
  risk: 'warning',
  note: 'info'
};

/** Shows the findings of a cell in whichever editor shows it. */
export function underlines(source: ICellSource, actions: IFindingActions): Extension {
  const plugin = ViewPlugin.fromClass(
    class {
      constructor(private readonly _view: EditorView) {
        source.changed.connect(this._onChanged, this);
        // an editor may not be changed while it is being made
        queueMicrotask(() => this._show());
      }

      destroy(): void {
        this._gone = true;
        source.changed.disconnect(this._onChanged, this);
      }

      private _onChanged(_: unknown, cells: ReadonlySet<string>): void {
        if (cells.has(source.id)) {
          this._show();
        }
      }

      private _show(): void {
        const flags = source.flags();
        const { doc } = this._view.state;
        // An answer about another text is dropped: the next one is on its way, and what stands
        // there already moves with the text.
        if (this._gone || (flags && flags.source !== doc.toString())) {
          return;
        }
        const findings = flags?.findings ?? [];
        const diagnostics = findings.map(finding =>
          diagnostic(doc, source.id, finding, actions)
        );
        this._view.dispatch(setDiagnostics(this._view.state, diagnostics), {
          effects: setMarks.of(marksOf(doc, findings))
        });
      }

      private _gone = false;
    }
  );
  // Without a source of its own linter() brings the state, the hover and the theme.
  return [linter(null), plugin, marks, marksGutter(source, actions)];
}

/** Findings whose text holds an offset, or whose line does where none is closer. */
export function findingsAt(view: EditorView, offset: number): Finding[] {
  const line = view.state.doc.lineAt(offset);
  const exact: Finding[] = [];
  const near: Finding[] = [];
  forEachDiagnostic(view.state, (found, from, to) => {
    const finding = (found as IFlagged).finding;
    if (finding && from <= offset && offset <= to) {
      exact.push(finding);
    } else if (finding && from <= line.to && line.from <= to) {
      near.push(finding);
    }
  });
  return exact.length > 0 ? exact : near;
}

interface IFlagged extends Diagnostic {
  finding?: Finding;
}

function diagnostic(
  doc: Text,
  cell: string,
  finding: Finding,
  actions: IFindingActions
): IFlagged {
  const { trans } = actions;
  const buttons: Action[] = [];
  if (finding.fix) {
    const name = finding.fix.safe ? trans.__('Fix') : trans.__('Show fix…');
    buttons.push({ name, apply: () => actions.fix(cell, finding) });
  }
  if (finding.tool === 'poc-graduate') {
    buttons.push({ name: trans.__('Ignore here'), apply: () => actions.ignore(cell, finding) });
  }
  return {
    ...rangeOf(doc, finding),
    severity: KIND[finding.severity],
    message: sentence(finding.message),
    markClass: `jp-PocGraduate-mark jp-PocGraduate-mark-${finding.severity}`,
    renderMessage: () => explanation(finding, actions),
    actions: buttons,
    finding
  };
}

/** Message, reason, remedy and page, as one element for the hover. */
export function explanation(finding: Finding, actions: IFindingActions): HTMLElement {
  const { trans } = actions;
  const node = document.createElement('div');
  node.className = 'jp-PocGraduate-hover';
  const add = (name: string, text: string): void => {
    if (text) {
      const line = document.createElement('div');
      line.className = `jp-PocGraduate-hover-${name}`;
      line.append(...withCode(text));
      node.append(line);
    }
  };
  add('message', sentence(finding.message));
  add('why', sentence(finding.why));
  add('fix', finding.fix ? trans.__('Fix: %1', finding.fix.title) : '');
  add('export', finding.on_export ? trans.__('On export: %1', finding.on_export) : '');
  const link = document.createElement('a');
  link.textContent = [finding.code, finding.name].filter(Boolean).join(' ');
  link.href = '#';
  link.onclick = event => {
    event.preventDefault();
    actions.explain(finding);
  };
  node.append(link);
  return node;
}

const setMarks = StateEffect.define<RangeSet<GutterMarker>>();

const marks = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(value, transaction) {
    value = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) {
        value = effect.value;
      }
    }
    return value;
  }
});

class Mark extends GutterMarker {
  constructor(
    readonly severity: Severity,
    readonly fixable: boolean
  ) {
    super();
  }

  override eq(other: Mark): boolean {
    return other.severity === this.severity && other.fixable === this.fixable;
  }

  override toDOM(): HTMLElement {
    const node = document.createElement('span');
    node.className = `jp-PocGraduate-dot jp-PocGraduate-dot-${this.severity}`;
    if (this.fixable) {
      node.classList.add('jp-mod-fixable');
    }
    return node;
  }
}

function marksOf(doc: Text, findings: readonly Finding[]): RangeSet<GutterMarker> {
  const worst = new Map<number, { severity: Severity; fixable: boolean }>();
  const order: Severity[] = ['blocker', 'risk', 'note'];
  for (const finding of findings) {
    const at = doc.lineAt(rangeOf(doc, finding).from).from;
    const before = worst.get(at);
    const more =
      !before || order.indexOf(finding.severity) < order.indexOf(before.severity)
        ? finding.severity
        : before.severity;
    worst.set(at, { severity: more, fixable: !!finding.fix || !!before?.fixable });
  }
  const lines = [...worst].sort(([a], [b]) => a - b);
  return RangeSet.of(lines.map(([at, w]) => new Mark(w.severity, w.fixable).range(at)));
}

function marksGutter(source: ICellSource, actions: IFindingActions): Extension {
  return gutter({
    class: 'jp-PocGraduate-gutter',
    markers: view => view.state.field(marks),
    initialSpacer: () => new Mark('note', false),
    domEventHandlers: {
      click(view, block, event) {
        const { clientX: x, clientY: y } = event as MouseEvent;
        actions.menu(source.id, view.state.doc.lineAt(block.from).number, { x, y });
        return true;
      }
    }
  });
}
