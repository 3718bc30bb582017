/** What an export would do: the pipeline, its parameters, what is refused or merged and why. */
import { counted } from '../flags/panel';
import { Code, sentence } from '../flags/text';
import { IExportActions, Place } from './actions';
import { Drawing } from './drawing';
import { ExportModel, ExportState } from './model';
import { Stages } from './stages';

interface IProps {
  model: ExportModel;
  actions: IExportActions;
}

/** Asks whether to export so. */
export function Preview({
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
          {state.answer.unsaved
            ? trans.__(
                'The text that you see is run, in a copy of its folder; it is not saved.'
              )
            : trans.__('The notebook is run in a copy of its folder.')}
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
          <Stages stages={state.stages} model={model} actions={actions} />
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
                <Code text={sentence(finding.message)} />{' '}
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
