/** The pipeline as a picture: stages downwards, what crosses between them.
 *
 * What a stage hands to the next runs straight down, with the names beside it; what skips stages
 * leaves on the right and runs down in a lane of its own, so that nothing crosses a card.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Plan, Stage } from '../api/types';

const CARD = 280;
const LINE = 17;
const LANE = 14;
const GAP = 44;
const NAMES = 170;

export interface ICard {
  stage: Stage;
  lines: string[];
  top: number;
  height: number;
}

export interface IArrow {
  names: string;
  source: ICard;
  target: ICard;
  /** Null for an arrow to the next stage. */
  lane: number | null;
  /** Where it comes in, below the top of its target. */
  entry: number;
}

export interface ILayout {
  cards: ICard[];
  arrows: IArrow[];
  lanes: number;
  height: number;
}

/** Where everything goes. */
export function layout(plan: Plan, trans: TranslationBundle): ILayout {
  const position = new Map(plan.stages.map((stage, number) => [stage.name, number]));
  const skips = plan.crossing.filter(edge => {
    return (position.get(edge.target) ?? 0) !== (position.get(edge.source) ?? 0) + 1;
  });
  let top = 4;
  const cards = plan.stages.map(stage => {
    const lines = [trans.__('cells %1', ranges(stage.cells))];
    if (stage.parameters.length > 0) {
      lines.push(clipped(trans.__('takes %1', stage.parameters.join(', '))));
    }
    if (stage.reads.length > 0) {
      lines.push(clipped(trans.__('reads %1', stage.reads.join(', '))));
    }
    if (stage.writes.length > 0) {
      lines.push(clipped(trans.__('writes %1', stage.writes.join(', '))));
    }
    const entries = skips.filter(edge => edge.target === stage.name).length;
    const height = Math.max(34 + LINE * lines.length, 18 + LINE * entries + 14);
    const card = { stage, lines, top, height };
    top += height + GAP;
    return card;
  });
  const of = new Map(cards.map(card => [card.stage.name, card]));
  const entered = new Map<string, number>();
  const arrows: IArrow[] = [];
  let lanes = 0;
  for (const edge of plan.crossing) {
    const source = of.get(edge.source);
    const target = of.get(edge.target);
    if (source && target) {
      const skips_ = skips.includes(edge);
      const entry = entered.get(edge.target) ?? 0;
      if (skips_) {
        entered.set(edge.target, entry + 1);
      }
      arrows.push({
        names: clipped(edge.names.join(', '), skips_ ? 24 : 36),
        source,
        target,
        lane: skips_ ? lanes++ : null,
        entry: 16 + LINE * entry
      });
    }
  }
  return { cards, arrows, lanes, height: top - GAP + 4 };
}

/** "2–4, 7". */
export function ranges(cells: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < cells.length; i++) {
    const from = cells[i]!;
    let to = from;
    while (cells[i + 1] === to + 1) {
      to = cells[++i]!;
    }
    parts.push(from === to ? `${from}` : `${from}–${to}`);
  }
  return parts.join(', ');
}

function clipped(text: string, length = 40): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

export function Drawing(props: { plan: Plan; trans: TranslationBundle }): React.JSX.Element {
  const { plan, trans } = props;
  const { cards, arrows, lanes, height } = layout(plan, trans);
  const right = CARD + 12 + LANE * lanes;
  const width = lanes > 0 ? right + NAMES : CARD + 8;
  const title = trans.__(
    'The pipeline: %1',
    plan.stages.map(stage => stage.title || stage.name).join(', ')
  );
  return (
    <svg
      className="jp-PocGraduate-drawing"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={title}
    >
      <defs>
        <marker
          id="jp-PocGraduate-head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {arrows.map(({ names, source, target, lane, entry }, number) => {
        const from = source.top + source.height;
        const y = target.top + entry;
        const x = CARD + 10 + LANE * (lane ?? 0);
        return lane === null ? (
          <g key={number}>
            <path d={`M24 ${from}V${target.top - 1}`} markerEnd="url(#jp-PocGraduate-head)" />
            <text x="34" y={from + GAP / 2 + 4}>
              {names}
            </text>
          </g>
        ) : (
          <g key={number}>
            <path
              d={`M${CARD + 2} ${from - 10}H${x}V${y}H${CARD + 4}`}
              markerEnd="url(#jp-PocGraduate-head)"
            />
            <text x={right} y={y + 4}>
              {names}
            </text>
          </g>
        );
      })}
      {cards.map(({ stage, lines, top, height }) => (
        <g key={stage.name} transform={`translate(2 ${top})`}>
          <rect width={CARD} height={height} rx="3" />
          <text className="jp-mod-name" x="12" y="20">
            {clipped(stage.title || stage.name, 34)}
          </text>
          {lines.map((line, number) => (
            <text key={number} x="12" y={20 + LINE * (number + 1)}>
              {line}
            </text>
          ))}
        </g>
      ))}
    </svg>
  );
}
