/** The runs of a batch: state, parameters, time, cause of a failure, executed notebooks. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { BatchTable, Run } from '../api/types';
import { sentence } from '../flags/text';
import { BatchModel, duration } from './batchModel';

const AT_ONCE = 200;

/** What a click in the table leads to. */
export interface IRunActions {
  trans: TranslationBundle;
  open(path: string): void;
  /** Open an executed notebook at a cell of its author's, from 1; 0 for none. */
  openAt(path: string, cell: number, line: number): void;
  openPage(project: string, page: string): void;
  openFolder(path: string): void;
}

/** What is said about a run's state; the mark is for eyes only. */
function State(props: { state: Run['state']; trans: TranslationBundle }): React.JSX.Element {
  const { state, trans } = props;
  const said: Record<Run['state'], [string, string]> = {
    planned: ['·', trans.__('to do')],
    running: ['▸', trans.__('running')],
    done: ['✓', trans.__('done')],
    failed: ['✗', trans.__('failed')]
  };
  const [mark, name] = said[state];
  return (
    <span className={`jp-PocGraduate-runState jp-mod-${state}`}>
      <span aria-hidden="true">{mark}</span> {name}
    </span>
  );
}

function Row(props: { run: Run; actions: IRunActions }): React.JSX.Element {
  const { run, actions } = props;
  const { failure } = run;
  const own = run.notebooks[0];
  return (
    <tr>
      <td>{run.number}</td>
      <td>
        <State state={run.state} trans={actions.trans} />
      </td>
      {run.parameters.map((value, at) => (
        <td key={at}>
          <code>{value}</code>
        </td>
      ))}
      {run.metrics.map((value, at) => (
        <td key={at} className="jp-mod-number">
          {shortened(value)}
        </td>
      ))}
      <td className="jp-mod-number">{run.seconds === null ? '' : duration(run.seconds)}</td>
      <td className="jp-PocGraduate-cause">
        {failure &&
          (own ? (
            <button
              className="jp-PocGraduate-link"
              onClick={() => actions.openAt(own.path, failure.cell, failure.line)}
            >
              {sentence(failure.text)}
            </button>
          ) : (
            sentence(failure.text)
          ))}
      </td>
      <td>
        <div className="jp-PocGraduate-links">
          {run.notebooks.map(({ task, path }) => (
            <button
              key={path}
              className="jp-PocGraduate-link"
              onClick={() => actions.open(path)}
            >
              {task}
            </button>
          ))}
        </div>
      </td>
    </tr>
  );
}

/** `0.8123456789` → `0.8123`; what is no decimal number stays. */
function shortened(value: string): string {
  return /^-?\d+\.\d{5,}$/.test(value) ? Number(value).toPrecision(4) : value;
}

function standing(table: BatchTable, trans: TranslationBundle): string {
  const parts = [trans.__('%1 of %2 runs done', table.done, table.planned)];
  if (table.failed > 0) {
    parts.push(trans.__('%1 failed', table.failed));
  }
  if (table.at_work) {
    parts.push(trans.__('%1 under way', table.running));
  } else if (table.done + table.failed < table.planned) {
    parts.push(
      table.ending === 'stopped' ? trans.__('it was stopped') : trans.__('it was cut off')
    );
  }
  return parts.join(', ');
}

/** The batch that is shown, and the others to choose from. */
export function Runs(props: {
  model: BatchModel;
  busy: boolean;
  goOn: () => void;
  actions: IRunActions;
}): React.JSX.Element | null {
  const { model, busy, goOn, actions } = props;
  const { trans } = actions;
  const { table } = model;
  if (!table) {
    return model.problem ? <p role="alert">{sentence(model.problem)}</p> : null;
  }
  const paths = [...new Set([table.path, ...model.batches.map(batch => batch.path)])];
  const left = table.done < table.planned && !table.at_work;
  const { start, runs, path } = table;
  return (
    <section aria-label={trans.__('Runs of a batch')}>
      <h3>{trans.__('Runs')}</h3>
      <div className="jp-PocGraduate-row">
        <select
          className="jp-PocGraduate-how"
          aria-label={trans.__('Batch')}
          value={path}
          onChange={event => void model.show(event.target.value)}
        >
          {paths.map(one => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <span role="status">{standing(table, trans)}</span>
        {left && table.resumable && (
          <button className="jp-mod-styled" disabled={busy} onClick={goOn}>
            {trans.__('Go on')}
          </button>
        )}
        <button
          className="jp-PocGraduate-small"
          onClick={() => actions.openPage(path, 'report.html')}
        >
          {trans.__('Report')}
        </button>
        <button className="jp-PocGraduate-small" onClick={() => actions.openFolder(path)}>
          {trans.__('Show the folder')}
        </button>
      </div>
      <div className="jp-PocGraduate-runs" tabIndex={0} aria-label={trans.__('Table of runs')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Run')}</th>
              <th scope="col">{trans.__('State')}</th>
              {table.varied.map(name => (
                <th scope="col" key={name}>
                  <code>{name}</code>
                </th>
              ))}
              {table.metrics.map(name => (
                <th scope="col" key={`metric ${name}`} className="jp-mod-number">
                  <code>{name}</code>
                </th>
              ))}
              <th scope="col" className="jp-mod-number">
                {trans.__('Time')}
              </th>
              <th scope="col">{trans.__('Error')}</th>
              <th scope="col">{trans.__('Executed notebooks')}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map(run => (
              <Row key={run.number} run={run} actions={actions} />
            ))}
          </tbody>
        </table>
      </div>
      {table.planned > runs.length && (
        <div className="jp-PocGraduate-row">
          <button
            className="jp-PocGraduate-small"
            disabled={start === 0}
            onClick={() => void model.show(path, Math.max(0, start - AT_ONCE))}
          >
            {trans.__('Runs before')}
          </button>
          <button
            className="jp-PocGraduate-small"
            disabled={start + runs.length >= table.planned}
            onClick={() => void model.show(path, start + AT_ONCE)}
          >
            {trans.__('Runs after')}
          </button>
        </div>
      )}
    </section>
  );
}
