/** The list of findings beside the notebook: by cell or by rule, filtered, following the cursor. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, codeCheckIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Finding, Severity } from '../api/types';
import { FlagState, countOf } from './model';
import { Code, sentence } from './text';

export type Grouping = 'cell' | 'rule';

/** What the panel shows. */
export interface IPanelState {
  notebook: string | null;
  state: FlagState;
  findings: readonly Finding[];
  /** Where the cursor is: a cell's id and a line from 1. */
  cursor: { cell: string; line: number } | null;
  /** Id of a finding's cell now. */
  cellOf: (finding: Finding) => string;
}

/** A heading with the findings below it. */
export interface IGroup {
  key: string;
  title: string;
  findings: Finding[];
}

/** Findings in groups, those that fit the filter only. */
export function grouped(
  findings: readonly Finding[],
  by: Grouping,
  filter: { text: string; severities: ReadonlySet<Severity> },
  trans: TranslationBundle
): IGroup[] {
  const groups = new Map<string, IGroup>();
  const text = filter.text.trim().toLowerCase();
  for (const finding of findings) {
    const words = `${finding.code} ${finding.name} ${finding.message}`.toLowerCase();
    if (!filter.severities.has(finding.severity) || !words.includes(text)) {
      continue;
    }
    const key = by === 'cell' ? String(finding.cell) : finding.code;
    const title =
      by === 'cell'
        ? trans.__('Cell %1', finding.cell) + (finding.heading ? ` · ${finding.heading}` : '')
        : [finding.code, finding.name].filter(Boolean).join(' ');
    const group = groups.get(key) ?? { key, title, findings: [] };
    group.findings.push(finding);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  return by === 'cell' ? all : all.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** "2 blockers, 1 risk", for people. */
export function counted(findings: readonly Finding[], trans: TranslationBundle): string {
  const { blocker, risk, note } = countOf(findings);
  const parts = [
    blocker ? trans._n('%1 blocker', '%1 blockers', blocker) : '',
    risk ? trans._n('%1 risk', '%1 risks', risk) : '',
    note ? trans._n('%1 note', '%1 notes', note) : ''
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : trans.__('No findings');
}

/** What a state other than "ready" means for the user. */
export function stateText(state: FlagState, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'ready':
      return '';
    case 'waiting':
      return trans.__('Checking…');
    case 'gone':
      return trans.__('The server does not answer. Findings will be renewed when it is back.');
    case 'missing':
      return trans.__(
        'The server extension is not running. Install poc-graduate where Jupyter runs; `jupyter server extension list` shows whether it is enabled.'
      );
    case 'refused':
      return trans.__('The notebook cannot be checked: %1', state.message);
    default: {
      const never: never = state;
      return never;
    }
  }
}

interface IProps {
  state: IPanelState;
  trans: TranslationBundle;
  open: (finding: Finding) => void;
}

function Findings({ state, trans, open }: IProps): React.JSX.Element {
  const [by, setBy] = React.useState<Grouping>('cell');
  const [text, setText] = React.useState('');
  const [off, setOff] = React.useState<ReadonlySet<Severity>>(new Set());
  const current = React.useRef<HTMLButtonElement>(null);
  const { cursor } = state;
  React.useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest' });
  }, [cursor?.cell, cursor?.line]);
  if (state.notebook === null) {
    return (
      <p className="jp-PocGraduate-empty">{trans.__('Open a notebook to see its findings.')}</p>
    );
  }
  const severities = (['blocker', 'risk', 'note'] as const).filter(s => !off.has(s));
  const groups = grouped(state.findings, by, { text, severities: new Set(severities) }, trans);
  const count = countOf(state.findings);
  const names = {
    blocker: trans.__('Blockers'),
    risk: trans.__('Risks'),
    note: trans.__('Notes')
  };
  const toggle = (severity: Severity): void => {
    const next = new Set(off);
    if (!next.delete(severity)) {
      next.add(severity);
    }
    setOff(next);
  };
  const message = stateText(state.state, trans);
  let marked = false;
  return (
    <>
      <div className="jp-PocGraduate-tools">
        <input
          type="search"
          className="jp-PocGraduate-search"
          value={text}
          placeholder={trans.__('Filter findings')}
          aria-label={trans.__('Filter findings')}
          onChange={event => setText(event.target.value)}
        />
        <div className="jp-PocGraduate-toggles" role="group" aria-label={trans.__('Severity')}>
          {(['blocker', 'risk', 'note'] as const).map(severity => (
            <button
              key={severity}
              className="jp-PocGraduate-toggle"
              aria-pressed={!off.has(severity)}
              onClick={() => toggle(severity)}
            >
              <span className={`jp-PocGraduate-dot jp-PocGraduate-dot-${severity}`} />
              {names[severity]} {count[severity]}
            </button>
          ))}
        </div>
        <div className="jp-PocGraduate-toggles" role="group" aria-label={trans.__('Group by')}>
          {(['cell', 'rule'] as const).map(kind => (
            <button
              key={kind}
              className="jp-PocGraduate-toggle"
              aria-pressed={by === kind}
              onClick={() => setBy(kind)}
            >
              {kind === 'cell' ? trans.__('By cell') : trans.__('By rule')}
            </button>
          ))}
        </div>
      </div>
      <div className="jp-PocGraduate-list">
        {message && (
          <p className="jp-PocGraduate-state" role="status">
            {message}
          </p>
        )}
        {!message && groups.length === 0 && (
          <p className="jp-PocGraduate-empty">
            {state.findings.length === 0
              ? trans.__('No findings.')
              : trans.__('No finding fits the filter.')}
          </p>
        )}
        {groups.map(group => (
          <section key={group.key} aria-label={group.title}>
            <h3>{group.title}</h3>
            <ul>
              {group.findings.map((finding, number) => {
                const here = cursor !== null && state.cellOf(finding) === cursor.cell;
                const exact =
                  here && finding.line <= cursor.line && cursor.line <= finding.end_line;
                const first = exact && !marked;
                marked = marked || exact;
                return (
                  <li key={number}>
                    <button
                      ref={first ? current : null}
                      className="jp-PocGraduate-finding"
                      aria-current={exact ? 'location' : undefined}
                      onClick={() => open(finding)}
                      title={sentence(finding.why)}
                    >
                      <span
                        className={`jp-PocGraduate-dot jp-PocGraduate-dot-${finding.severity}`}
                        role="img"
                        aria-label={names[finding.severity]}
                      />
                      <span className="jp-PocGraduate-text">
                        <Code text={sentence(finding.message)} />
                        <span className="jp-PocGraduate-where">
                          {by === 'cell'
                            ? trans.__('%1, line %2', finding.code, finding.line)
                            : trans.__('cell %1, line %2', finding.cell, finding.line)}
                          {finding.fix ? ` · ${trans.__('can be fixed')}` : ''}
                        </span>
                      </span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

/** The side panel. */
export class FindingsPanel extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _open: (finding: Finding) => void
  ) {
    super();
    this.id = 'poc-graduate-findings';
    this.addClass('jp-PocGraduate-panel');
    this.title.icon = codeCheckIcon;
    this.title.caption = _trans.__('Findings: what would bite in production');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('Findings'));
  }

  show_(state: IPanelState): void {
    this._state = state;
    // each move of the cursor comes by: what nobody sees is drawn when somebody does
    if (this.isVisible) {
      this.update();
    }
  }

  protected override onAfterShow(): void {
    this.update();
  }

  protected render(): React.JSX.Element {
    return <Findings state={this._state} trans={this._trans} open={this._open} />;
  }

  private _state: IPanelState = {
    notebook: null,
    state: { kind: 'waiting' },
    findings: [],
    cursor: null,
    cellOf: finding => finding.cell_id
  };
}
