/** The place for runs with other parameters; servers that cannot do them yet say how else. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Code } from '../flags/text';
import type { IProject } from './model';

/** A form of the parameters, and the runs that there were. */
export function Batch(props: {
  project: IProject;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { project, trans } = props;
  const parameters = project.parameters ?? [];
  return (
    <section aria-label={trans.__('Batch runs')}>
      <h2>{trans.__('Batch runs')}</h2>
      {parameters.length > 0 && (
        <fieldset className="jp-PocGraduate-parameters" disabled>
          {parameters.map(({ name, value }) => (
            <label key={name}>
              <code>{name}</code>
              <input defaultValue={JSON.stringify(value)} spellCheck={false} />
            </label>
          ))}
        </fieldset>
      )}
      <p className="jp-PocGraduate-where">
        <Code
          text={trans.__(
            'Runs with other parameters cannot be started from here yet. In a terminal: `ploomber build --env--NAME VALUE`; the names are those of `env.yaml`.'
          )}
        />
      </p>
      {project.runs.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Run')}</th>
              <th scope="col">{trans.__('When')}</th>
              <th scope="col">{trans.__('How it ended')}</th>
            </tr>
          </thead>
          <tbody>
            {project.runs.map(run => (
              <tr key={run.name}>
                <td>{run.name}</td>
                <td>{run.when}</td>
                <td>{run.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
