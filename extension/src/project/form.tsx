/** The form of a new batch: how each parameter varies, and how many runs that makes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { BatchParameter } from '../api/types';
import { Code, sentence } from '../flags/text';
import { BatchModel, GridState, IField } from './batchModel';

/** How many runs there would be, or why there can be none. */
function Count(props: { grid: GridState; trans: TranslationBundle }): React.JSX.Element {
  const { grid, trans } = props;
  switch (grid.kind) {
    case 'nothing':
      return <p role="status">{trans.__('Say for at least one parameter how it varies.')}</p>;
    case 'asking':
      return <p role="status">{trans.__('Counting the runs…')}</p>;
    case 'wrong':
      return (
        <p role="alert" className="jp-PocGraduate-wrong">
          <Code text={sentence(grid.message)} />
        </p>
      );
    case 'known': {
      const { runs, columns } = grid.answer;
      const varied = columns.filter(column => column.values > 1);
      return (
        <div role="status">
          <p>
            <strong>{trans._n('%1 run', '%1 runs', runs)}</strong>
          </p>
          {varied.map(({ name, values, first }) => (
            <p key={name} className="jp-PocGraduate-where">
              <code>{name}</code>: {first.join(', ')}
              {values > first.length && ` … ${trans.__('(%1 values)', values)}`}
            </p>
          ))}
        </div>
      );
    }
    default: {
      const never: never = grid;
      return never;
    }
  }
}

/** One parameter: its default, one other value, some, or a range. */
function Field(props: {
  parameter: BatchParameter;
  field: IField;
  model: BatchModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { parameter, field, model, trans } = props;
  const { name } = field;
  const input = (
    key: 'text' | 'from' | 'to' | 'step',
    label: string,
    hint: string
  ): React.JSX.Element => (
    <input
      className="jp-PocGraduate-value"
      aria-label={`${name}: ${label}`}
      value={field[key]}
      placeholder={hint}
      spellCheck={false}
      onChange={event => void model.edit(name, { [key]: event.target.value })}
    />
  );
  const given: Record<IField['how'], () => React.JSX.Element> = {
    default: () => <code>{parameter.default}</code>,
    value: () => input('text', trans.__('value'), parameter.default),
    list: () => input('text', trans.__('values'), trans.__('values with commas between')),
    range: () => (
      <>
        {input('from', trans.__('from'), trans.__('from'))}
        {input('to', trans.__('to'), trans.__('to'))}
        {input('step', trans.__('step'), trans.__('1, × 10, month'))}
      </>
    )
  };
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
      </th>
      <td>
        <span className="jp-PocGraduate-where">{parameter.type}</span>
      </td>
      <td>
        <select
          className="jp-PocGraduate-how"
          aria-label={trans.__('How %1 varies', name)}
          value={field.how}
          onChange={event =>
            void model.edit(name, { how: event.target.value as IField['how'] })
          }
        >
          <option value="default">{trans.__('as it is')}</option>
          <option value="value">{trans.__('another value')}</option>
          <option value="list">{trans.__('several values')}</option>
          <option value="range">{trans.__('a range')}</option>
        </select>
      </td>
      <td>
        <div className="jp-PocGraduate-row">{given[field.how]()}</div>
      </td>
    </tr>
  );
}

export function BatchForm(props: {
  model: BatchModel;
  parameters: readonly BatchParameter[];
  busy: boolean;
  start: () => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, parameters, busy, start, trans } = props;
  const known = new Map(model.fields.map(field => [field.name, field]));
  return (
    <form
      aria-label={trans.__('New batch')}
      onSubmit={event => {
        event.preventDefault();
        start();
      }}
    >
      <table className="jp-PocGraduate-form">
        <thead>
          <tr>
            <th scope="col">{trans.__('Parameter')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Varies')}</th>
            <th scope="col">{trans.__('Values')}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.flatMap(parameter => {
            const field = known.get(parameter.name);
            return field
              ? [<Field key={field.name} {...{ parameter, field, model, trans }} />]
              : [];
          })}
        </tbody>
      </table>
      <Count grid={model.grid} trans={trans} />
      <div className="jp-PocGraduate-go">
        <label>
          {trans.__('Folder')}
          <input
            value={model.to}
            spellCheck={false}
            onChange={event => model.set({ to: event.target.value })}
          />
        </label>
        <label>
          {trans.__('Runs at once')}
          <input
            className="jp-PocGraduate-number"
            type="number"
            min={1}
            max={256}
            value={model.workers}
            onChange={event => {
              const workers = event.target.valueAsNumber;
              model.set({ workers: Number.isInteger(workers) ? workers : 1 });
            }}
          />
        </label>
        <button
          className="jp-mod-styled jp-mod-accept"
          type="submit"
          disabled={busy || model.grid.kind !== 'known'}
        >
          {trans.__('Run the batch')}
        </button>
      </div>
    </form>
  );
}
