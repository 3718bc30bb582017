/** How ready a project is: its score, its ten domains as a radar, what to do next. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Radar, Score, ScoreStep } from '../api/types';
import { Code, sentence } from '../flags/text';
import type { ToldModel } from '../project/told';

/** Points of each domain, drawn; the server says where what lies. */
export function Drawing({ radar }: { radar: Radar }): React.JSX.Element {
  return (
    <svg
      className="jp-PocGraduate-radar"
      viewBox="-250 -150 500 300"
      role="img"
      aria-label={radar.says}
    >
      {radar.rings.map(corners => (
        <polygon key={corners} className="jp-mod-ring" points={corners} />
      ))}
      {radar.spokes.map(({ name, end: [x, y] }) => (
        <line key={name} className="jp-mod-spoke" x1={0} y1={0} x2={x} y2={y} />
      ))}
      <polygon className="jp-mod-shape" points={radar.shape} />
      {radar.spokes.map(({ name, points, text: [x, y], anchor }) => (
        <text key={name} x={x} y={y} dominantBaseline="middle" textAnchor={anchor}>
          {name}
          <tspan className="jp-mod-points" dx={6}>
            {points}
          </tspan>
        </text>
      ))}
    </svg>
  );
}

function Steps(props: {
  title: string;
  steps: readonly ScoreStep[];
}): React.JSX.Element | null {
  const { title, steps } = props;
  return steps.length === 0 ? null : (
    <>
      <h3>{title}</h3>
      <ol aria-label={title}>
        {steps.map(({ asks, remedy }) => (
          <li key={asks}>
            <strong>{asks}</strong> <Code text={remedy} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Told(props: { score: Score; trans: TranslationBundle }): React.JSX.Element {
  const { score, trans } = props;
  const { rubric, domains } = score;
  const sections = rubric.radar.spokes
    .map(({ name, points }) => `${name} ${points}`)
    .join(' · ');
  return (
    <div className="jp-PocGraduate-columns">
      <div>
        <p className="jp-PocGraduate-score">
          <strong>{trans.__('%1 of %2', score.points.toFixed(1), score.most)}</strong>{' '}
          {sentence(score.meaning)}.
        </p>
        <p className="jp-PocGraduate-where">
          {trans.__('The weakest of four sections counts: %1.', sections)}
          {score.ran === null
            ? ` ${trans.__('Its tests never ran here.')}`
            : ` ${trans.__('Its tests ran last on %1.', score.ran)}`}
        </p>
        <Steps title={trans.__('Next')} steps={rubric.next} />
        <Steps title={trans.__('Next for the owner')} steps={domains.next} />
      </div>
      <figure className="jp-PocGraduate-figure">
        <Drawing radar={domains.radar} />
        <figcaption className="jp-PocGraduate-where">
          {trans.__('What an owner asks, by domain. Weakest: %1.', domains.weakest.join(', '))}
        </figcaption>
      </figure>
    </div>
  );
}

export function Readiness(props: {
  model: ToldModel<Score>;
  busy: boolean;
  run: () => void;
  openPage: (page: string) => void;
  trans: TranslationBundle;
  /** What is under way, or how it ended. */
  children: React.ReactNode;
}): React.JSX.Element {
  const { model, busy, run, openPage, trans, children } = props;
  const { state } = model;
  return (
    <section aria-label={trans.__('Readiness')}>
      <h2>{trans.__('Readiness')}</h2>
      {state.kind === 'failed' && (
        <p role="alert" className="jp-PocGraduate-wrong">
          <Code text={sentence(state.message)} />
        </p>
      )}
      {state.kind === 'asking' && <p role="status">{trans.__('Reading the project…')}</p>}
      {state.kind === 'known' && <Told score={state.answer} trans={trans} />}
      {state.kind !== 'asking' && (
        <div className="jp-PocGraduate-go">
          <button className="jp-mod-styled jp-mod-accept" disabled={busy} onClick={run}>
            {trans.__('Run its tests and score')}
          </button>
          {state.kind === 'known' && (
            <button className="jp-mod-styled" onClick={() => openPage(state.answer.page)}>
              {trans.__('Every question')}
            </button>
          )}
          <span className="jp-PocGraduate-where">
            {trans.__('Only what ran and passed on the files as they are counts.')}
          </span>
        </div>
      )}
      {children}
    </section>
  );
}
