/** How an export ended: with a project, or with a refusal. */
import type { Job, ServerError } from '../api/types';
import { Code, sentence } from '../flags/text';
import type { IExportActions } from './actions';

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
        <Code
          text={
            error.cell === null
              ? sentence(error.found || error.message)
              : error.found || error.message
          }
        />
      </p>
      {error.remedy && (
        <p>
          <Code text={sentence(error.remedy)} />
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

/** A project was written. */
export function Done({ job, actions }: { job: Job; actions: IExportActions }) {
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
            className="jp-PocGraduate-small"
            onClick={() => actions.openPage(result.project, page)}
          >
            {sentence(pageName(page))}
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

/** `graduation/certificate.html` → `certificate`; a place in a page has its own name. */
export function pageName(page: string): string {
  return page.replace(/^.*[/#]/, '').replace(/\.[a-z]+$/, '');
}
