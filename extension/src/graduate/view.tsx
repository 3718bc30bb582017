/** Preview, progress and result of an export: a function of the model's state. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Finding, Job, Plan, ServerError, StageEdit } from '../api/types';
import { Code, counted } from '../flags/panel';
import { Drawing } from './drawing';
import { ExportModel, ExportState, cut, joined } from './model';

/** What the view needs from its surroundings. */
export interface IExportActions {
  trans: TranslationBundle;
  /** Findings of the notebook as it is in the editor; null where it is not open. */
  findings(): readonly Finding[] | null;
  fix(finding: Finding): void;
  jump(place: { cell: number; line: number; column?: number }): void;
  openPage(project: string, page: string): void;
  openProject(project: string): void;
  start(): void;
}

interface IProps {
  model: ExportModel;
  actions: IExportActions;
}

function Place({
  cell,
  line,
  actions
}: {
  cell: number;
  line: number;
  actions: IExportActions;
}) {
  const { trans } = actions;
  return (
    <button className="jp-PocGraduate-link" onClick={() => actions.jump({ cell, line })}>
      {trans.__('cell %1, line %2', cell, line)}
    </button>
  );
}

function Stages(props: {
  stages: StageEdit[];
  plan: Plan;
  model: ExportModel;
  actions: IExportActions;
}) {
  const { stages, model, actions } = props;
  const { trans } = actions;
  const rename = (at: number, name: string): void => {
    if (name !== stages[at]?.name) {
      const title = stages[at]?.title ?? '';
      void model.edit(stages.map((s, number) => (number === at ? { ...s, name, title } : s)));
    }
  };
  return (
    <ol className="jp-PocGraduate-stages">
      {stages.map((stage, at) => (
        <li key={`${at} ${stage.name} ${stage.cells.join()}`}>
          <div className="jp-PocGraduate-row">
            <input
              className="jp-PocGraduate-name"
              defaultValue={stage.name}
              aria-label={trans.__('Name of stage %1', at + 1)}
              spellCheck={false}
              onBlur={event => rename(at, event.target.value.trim())}
              onKeyDown={event => event.key === 'Enter' && event.currentTarget.blur()}
            />
            {at > 0 && (
              <button
                className="jp-PocGraduate-small"
                onClick={() => void model.edit(joined(stages, at))}
              >
                {trans.__('Join with the one above')}
              </button>
            )}
          </div>
          {stage.title && <div className="jp-PocGraduate-where">{stage.title}</div>}
          <div className="jp-PocGraduate-cells">
            {stage.cells.map((cell, number) => (
              <React.Fragment key={cell}>
                {number > 0 && (
                  <button
                    className="jp-PocGraduate-cut"
                    title={trans.__('Cut before cell %1', cell)}
                    aria-label={trans.__('Cut before cell %1', cell)}
                    onClick={() => void model.edit(cut(stages, at, cell))}
                  >
                    ✂
                  </button>
                )}
                <button
                  className="jp-PocGraduate-cell"
                  aria-label={trans.__('Go to cell %1', cell)}
                  onClick={() => actions.jump({ cell, line: 1 })}
                >
                  {cell}
                </button>
              </React.Fragment>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Asking({
  state,
  model,
  actions
}: IProps & { state: Extract<ExportState, { kind: 'asking' }> }) {
  const { trans } = actions;
  const { plan } = state.answer;
  const findings = actions.findings() ?? state.answer.findings;
  if (!plan) {
    return <p>{trans.__('There is nothing to export.')}</p>;
  }
  return (
    <>
      <form
        className="jp-PocGraduate-go"
        onSubmit={event => {
          event.preventDefault();
          actions.start();
        }}
      >
        <label>
          {trans.__('Folder')}
          <input
            value={state.to}
            spellCheck={false}
            onChange={event => (model.to = event.target.value)}
          />
        </label>
        <button className="jp-mod-styled jp-mod-accept" type="submit" autoFocus>
          {trans.__('Export and prove')}
        </button>
        <span className="jp-PocGraduate-where">
          {trans.__('The notebook is saved, and run in a copy of its folder.')}
        </span>
      </form>
      {model.problem && (
        <p className="jp-PocGraduate-refusal" role="alert">
          {model.problem}
        </p>
      )}
      <div className="jp-PocGraduate-columns">
        <section aria-label={trans.__('Pipeline')}>
          <h2>{trans.__('Pipeline')}</h2>
          <Drawing plan={plan} trans={trans} />
        </section>
        <section aria-label={trans.__('Stages')}>
          <h2>{trans.__('Stages')}</h2>
          <Stages stages={state.stages} plan={plan} model={model} actions={actions} />
          {plan.notes.length > 0 && (
            <>
              <h2>{trans.__('Why it is so')}</h2>
              <ul className="jp-PocGraduate-notes">
                {plan.notes.map((note, number) => (
                  <li key={number}>
                    <span className="jp-PocGraduate-kind">{note.kind}</span>{' '}
                    {<Code text={note.text} />}{' '}
                    {note.cell > 0 && (
                      <Place cell={note.cell} line={note.line} actions={actions} />
                    )}
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
        {plan.parameters.length > 0 && (
          <section aria-label={trans.__('Parameters')}>
            <h2>{trans.__('Parameters')}</h2>
            <table>
              <thead>
                <tr>
                  <th scope="col">{trans.__('Name')}</th>
                  <th scope="col">{trans.__('Default')}</th>
                  <th scope="col">{trans.__('From')}</th>
                </tr>
              </thead>
              <tbody>
                {plan.parameters.map(parameter => (
                  <tr key={parameter.name}>
                    <td>
                      <code>{parameter.name}</code>
                    </td>
                    <td>
                      <code>{JSON.stringify(parameter.value)}</code>
                    </td>
                    <td>
                      <Place cell={parameter.cell} line={parameter.line} actions={actions} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        <section aria-label={trans.__('Findings')}>
          <h2>{trans.__('Findings')}</h2>
          <p className="jp-PocGraduate-where">{counted(findings, trans)}</p>
          <ul className="jp-PocGraduate-notes">
            {findings.map((finding, number) => (
              <li key={number}>
                <span className={`jp-PocGraduate-dot jp-PocGraduate-dot-${finding.severity}`} />{' '}
                <Code text={finding.message} />{' '}
                <Place cell={finding.cell} line={finding.line} actions={actions} />
                {finding.on_export && (
                  <div className="jp-PocGraduate-where">
                    {trans.__('On export:')} <Code text={finding.on_export} />
                  </div>
                )}
                {finding.fix && (
                  <div>
                    <button
                      className="jp-PocGraduate-small"
                      onClick={() => actions.fix(finding)}
                    >
                      <Code text={finding.fix.title} />
                      {finding.fix.safe ? '' : '…'}
                    </button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

/** Where a job is, with a bar where the end is known. */
export function Progress(props: {
  job: Job;
  reachable: boolean;
  trans: TranslationBundle;
  cancel: () => void;
}) {
  const { job, reachable, trans, cancel } = props;
  const known = job.of > 0;
  return (
    <div className="jp-PocGraduate-progress" role="status">
      <p>
        {job.state === 'queued' ? trans.__('Waiting for another job to end') : job.step}
        {known ? ` ${trans.__('(%1 of %2)', job.done, job.of)}` : '…'}
      </p>
      <progress aria-label={job.step} {...(known ? { value: job.done, max: job.of } : {})} />
      {!reachable && (
        <p>{trans.__('The server does not answer. The job is followed when it is back.')}</p>
      )}
      <button className="jp-mod-styled jp-mod-reject" onClick={cancel}>
        {trans.__('Cancel')}
      </button>
      <p className="jp-PocGraduate-where">
        {trans.__('You may close this tab: the job goes on, and is shown when you come back.')}
      </p>
    </div>
  );
}

/** What was refused: place, reason, remedy. */
export function Refused({ error, actions }: { error: ServerError; actions: IExportActions }) {
  const { trans } = actions;
  return (
    <div className="jp-PocGraduate-refusal" role="alert">
      <h2>{trans.__('Not exported')}</h2>
      <p>
        {error.cell !== null && (
          <strong>{trans.__('Cell %1, line %2: ', error.cell, error.line ?? 1)}</strong>
        )}
        <Code text={error.found || error.message} />
      </p>
      {error.remedy && (
        <p>
          <Code text={error.remedy.charAt(0).toUpperCase() + error.remedy.slice(1)} />
        </p>
      )}
      {error.cell !== null && (
        <button
          className="jp-mod-styled jp-mod-accept"
          autoFocus
          onClick={() =>
            actions.jump({
              cell: error.cell!,
              line: error.line ?? 1,
              column: error.column ?? 1
            })
          }
        >
          {trans.__('Go to the cell')}
        </button>
      )}
    </div>
  );
}

function Done({ job, actions }: { job: Job; actions: IExportActions }) {
  const { trans } = actions;
  const { result } = job;
  if (!result) {
    return null;
  }
  return (
    <div className="jp-PocGraduate-done" role="status">
      <h2>
        {result.proved
          ? trans.__('The pipeline computes the same')
          : trans.__('The project was written, and is not proved')}
      </h2>
      {result.summary && <p>{result.summary}</p>}
      {result.notes.map((note, number) => (
        <p key={number}>
          <Code text={note} />
        </p>
      ))}
      <div className="jp-PocGraduate-row">
        {result.pages.map(page => (
          <button
            key={page}
            className="jp-mod-styled"
            onClick={() => actions.openPage(result.project, page)}
          >
            {pageName(page)}
          </button>
        ))}
        <button
          className="jp-mod-styled jp-mod-accept"
          onClick={() => actions.openProject(result.project)}
        >
          {trans.__('Open the project')}
        </button>
      </div>
    </div>
  );
}

/** `graduation/certificate.html` → `certificate`. */
export function pageName(page: string): string {
  return page.replace(/^.*\//, '').replace(/\.[a-z]+$/, '');
}

function Export({ model, actions }: IProps): React.JSX.Element {
  const { trans } = actions;
  const { state } = model;
  const again = (
    <button className="jp-mod-styled" onClick={() => void model.plan()}>
      {trans.__('Plan again')}
    </button>
  );
  switch (state.kind) {
    case 'planning':
      return <p role="status">{trans.__('Planning…')}</p>;
    case 'asking':
      return <Asking state={state} model={model} actions={actions} />;
    case 'running':
      return (
        <Progress
          job={state.job}
          reachable={state.reachable}
          trans={trans}
          cancel={() => void model.cancel()}
        />
      );
    case 'done':
      return (
        <>
          <Done job={state.job} actions={actions} />
          {again}
        </>
      );
    case 'refused':
      return (
        <>
          <Refused error={state.error} actions={actions} />
          {again}
        </>
      );
    case 'failed':
      return (
        <>
          <p className="jp-PocGraduate-refusal" role="alert">
            {state.message}
          </p>
          {again}
        </>
      );
    case 'cancelled':
      return (
        <>
          <p role="status">{trans.__('Cancelled. Nothing was written.')}</p>
          {again}
        </>
      );
    default: {
      const never: never = state;
      return never;
    }
  }
}

/** The tab of an export. */
export class ExportView extends ReactWidget {
  constructor(
    readonly model: ExportModel,
    private readonly _actions: IExportActions
  ) {
    super();
    this.addClass('jp-PocGraduate-view');
    this.node.setAttribute('aria-label', _actions.trans.__('Export of %1', model.path));
    model.changed.connect(() => this.update());
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const name = this.model.path.replace(/^.*\//, '');
    return (
      <main>
        <h1>{this._actions.trans.__('%1 as a pipeline', name)}</h1>
        <Export model={this.model} actions={this._actions} />
      </main>
    );
  }
}
