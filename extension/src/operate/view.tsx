/** Operating a project: a form of what can be chosen, and what only people can say. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { OperateAnswer, OperatePart, OperateQuestion, OperateRequest } from '../api/types';
import { Code, sentence } from '../flags/text';
import { OperateModel, byForm } from './model';

interface IProps {
  project: string;
  model: OperateModel;
  busy: boolean;
  start: (request: OperateRequest) => void;
  open: (path: string) => void;
  trans: TranslationBundle;
}

function Input(props: {
  part: string;
  question: OperateQuestion;
  model: OperateModel;
}): React.JSX.Element {
  const { part, question, model } = props;
  const { name, asks, kind, least } = question;
  const shown = model.shown(part, question);
  if (typeof shown === 'boolean') {
    return (
      <input
        type="checkbox"
        aria-label={asks}
        checked={shown}
        onChange={event => model.edit(part, name, event.target.checked)}
      />
    );
  }
  const number = kind === 'int' || kind === 'float';
  return (
    <input
      className={`jp-PocGraduate-value ${number ? 'jp-PocGraduate-number' : ''}`}
      type={number ? 'number' : 'text'}
      aria-label={asks}
      value={shown}
      spellCheck={false}
      onChange={event => model.edit(part, name, event.target.value)}
      {...(number ? { step: kind === 'int' ? 1 : 'any', required: true } : {})}
      {...(number && least !== null ? { min: least } : {})}
    />
  );
}

/** Choices of some parts, each below its part's name. */
function Questions(props: {
  parts: readonly OperatePart[];
  asked: (question: OperateQuestion) => boolean;
  model: OperateModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { parts, asked, model, trans } = props;
  return (
    <table className="jp-PocGraduate-choices">
      {parts.map(part => {
        const questions = part.questions.filter(asked);
        return questions.length === 0 ? null : (
          <tbody key={part.name}>
            <tr>
              <th colSpan={3} scope="rowgroup">
                {part.title}
              </th>
            </tr>
            {questions.map(question => {
              const { name, asks } = question;
              const same =
                String(model.shown(part.name, question)) === String(question.default);
              return (
                <tr key={name}>
                  <td>{asks}</td>
                  <td>
                    <Input part={part.name} question={question} model={model} />
                  </td>
                  <td>
                    {!same && (
                      <span className="jp-PocGraduate-where">
                        {trans.__('default: %1', said(question.default, trans))}
                      </span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        );
      })}
    </table>
  );
}

function said(value: OperateQuestion['default'], trans: TranslationBundle): string {
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  return String(value) || trans.__('empty');
}

/** What only people know, by the form and line that asks for it. */
function Asked(props: IProps & { answer: OperateAnswer }): React.JSX.Element | null {
  const { project, answer, open, trans } = props;
  const forms = byForm(answer.unstated);
  if (!answer.operated) {
    return null;
  }
  return (
    <section aria-label={trans.__('Asked of people')}>
      <h3>{trans.__('Asked of people')}</h3>
      {forms.length === 0 ? (
        <p>{trans.__('Every line of its forms is filled in.')}</p>
      ) : (
        <p className="jp-PocGraduate-where">
          {trans.__(
            'Nothing of it is assumed: fill in the forms, and what rests on them is made.'
          )}
        </p>
      )}
      {forms.map(([path, lines]) => {
        const name = path.replace(`${project}/`, '');
        return (
          <details key={path}>
            <summary>
              {trans._n('%1 line of %2', '%1 lines of %2', lines.length, name)}
              <button className="jp-PocGraduate-link" onClick={() => open(path)}>
                {trans.__('Open %1', name)}
              </button>
            </summary>
            <table>
              <tbody>
                {lines.map(line => (
                  <tr key={line.name}>
                    <td className="jp-mod-number">{line.line}</td>
                    <td>
                      <code>{line.name}</code>
                    </td>
                    <td>{sentence(line.asks)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        );
      })}
    </section>
  );
}

function Form(props: IProps & { answer: OperateAnswer }): React.JSX.Element {
  const { answer, model, busy, start, trans } = props;
  const here = answer.parts.filter(part => part.left_out === '');
  const away = answer.parts.filter(part => part.left_out !== '');
  const others = here.flatMap(part => part.questions).filter(one => !one.dialog).length;
  return (
    <form
      aria-label={trans.__('Choices')}
      onSubmit={event => {
        event.preventDefault();
        start(model.request(false));
      }}
    >
      <Questions parts={here} asked={one => one.dialog} {...{ model, trans }} />
      <details>
        <summary>{trans._n('%1 more choice', '%1 more choices', others)}</summary>
        <Questions parts={here} asked={one => !one.dialog} {...{ model, trans }} />
      </details>
      {away.length > 0 && (
        <details>
          <summary>
            {trans._n('%1 part does not apply', '%1 parts do not apply', away.length)}
          </summary>
          <ul>
            {away.map(part => (
              <li key={part.name}>
                <strong>{part.title}</strong>: <Code text={part.left_out} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className="jp-PocGraduate-go">
        <button className="jp-mod-styled jp-mod-accept" type="submit" disabled={busy}>
          {answer.operated ? trans.__('Generate again') : trans.__('Generate')}
        </button>
        <button
          className="jp-mod-styled"
          type="button"
          disabled={busy}
          onClick={event => {
            if (event.currentTarget.form?.reportValidity()) {
              start(model.request(true));
            }
          }}
        >
          {trans.__('Show what would change')}
        </button>
        <span className="jp-PocGraduate-where">
          {trans.__('What you edited is merged, never overwritten.')}
        </span>
      </div>
    </form>
  );
}

export function Operate(
  props: IProps & {
    /** What is under way, or how it ended. */
    children: React.ReactNode;
  }
): React.JSX.Element {
  const { model, trans, children } = props;
  const { state } = model;
  return (
    <section aria-label={trans.__('Operate')}>
      <h2>{trans.__('Operate')}</h2>
      <p className="jp-PocGraduate-where">
        {trans.__(
          'Registry, update process, service, access, watching, ownership and business case are generated into the project. They run without poc_graduate.'
        )}
      </p>
      {state.kind === 'failed' && (
        <p role="alert" className="jp-PocGraduate-wrong">
          <Code text={sentence(state.message)} />
        </p>
      )}
      {state.kind === 'asking' && <p role="status">{trans.__('Reading the project…')}</p>}
      {state.kind === 'known' && <Form {...props} answer={state.answer} />}
      {children}
      {state.kind === 'known' && <Asked {...props} answer={state.answer} />}
    </section>
  );
}
