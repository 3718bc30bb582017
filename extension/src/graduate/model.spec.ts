import { expect, test } from 'vitest';
import { RequestFailed } from '../api/client';
import type { Plan, PlanAnswer } from '../api/types';
import { FakeClient, job, serverError } from '../testing';
import { ExportModel, cut, joined } from './model';

const PLAN: Plan = {
  notebook: 'a.ipynb',
  package: 'a',
  stages: [],
  parameters: [],
  crossing: [],
  notes: [],
  yaml: ''
};
const ANSWER: PlanAnswer = {
  plan: PLAN,
  refusal: null,
  findings: [],
  target: 'a',
  unsaved: false
};
const ERROR = serverError();

function model() {
  const client = new FakeClient();
  client.planned = () => Promise.resolve(ANSWER);
  const kinds: string[] = [];
  const made = new ExportModel('a.ipynb', client, () => Promise.resolve());
  made.changed.connect((_, state) => kinds.push(state.kind));
  return { client, made, kinds };
}

test('from the preview to a proved pipeline', async () => {
  const { client, made, kinds } = model();
  client.jobAnswers.push(
    () => Promise.resolve(job({ step: 'building', done: 2 })),
    () => Promise.resolve(job({ state: 'done' }))
  );
  await made.open();
  made.to = 'elsewhere';

  await made.start();

  expect(client.started).toEqual([
    { kind: 'export', path: 'a.ipynb', to: 'elsewhere', stages: null, content: null }
  ]);
  expect(kinds.at(-1)).toBe('done');
});

test('what the editor holds is planned and exported, saved or not', async () => {
  const client = new FakeClient();
  const asked: unknown[] = [];
  client.planned = request => {
    asked.push(request.content);
    return Promise.resolve(ANSWER);
  };
  client.jobAnswers.push(() => Promise.resolve(job({ state: 'done' })));
  let content = { cells: ['typed'] };
  const wait = () => Promise.resolve();
  const made = new ExportModel('a.ipynb', client, wait, () => content);

  await made.open();
  content = { cells: ['typed', 'more'] };
  await made.start();

  expect(asked).toEqual([{ cells: ['typed'] }]);
  expect(client.started).toMatchObject([{ content: { cells: ['typed', 'more'] } }]);
});

test('a job that goes on is shown again, and nothing is planned', async () => {
  const { client, made, kinds } = model();
  client.running = [job({ id: 'j7' })];
  client.jobAnswers.push(() => Promise.resolve(job({ id: 'j7', state: 'done' })));

  await made.open();

  expect(kinds[0]).toBe('running');
  expect(kinds).not.toContain('planning');
  expect(made.state.kind).toBe('done');
});

test('a server that is away for a while does not end the following', async () => {
  const { client, made } = model();
  const reachable: boolean[] = [];
  made.changed.connect(
    (_, state) => state.kind === 'running' && reachable.push(state.reachable)
  );
  client.jobAnswers.push(
    () => Promise.reject(new RequestFailed('gone', 'gone')),
    () => Promise.resolve(job({ state: 'done' }))
  );

  await made.follow(job());

  expect(reachable).toContain(false);
  expect(made.state.kind).toBe('done');
});

test('a job that the server has forgotten is said to be so', async () => {
  const { client, made } = model();
  client.jobAnswers.push(() => Promise.reject(new RequestFailed('refused', 'no such job')));

  await made.follow(job());

  expect(made.state).toEqual({ kind: 'failed', message: 'no such job' });
});

test('a refusal keeps its place', async () => {
  const { client, made } = model();
  client.jobAnswers.push(() => Promise.resolve(job({ state: 'refused', error: ERROR })));

  await made.follow(job());

  expect(made.state).toEqual({ kind: 'refused', error: ERROR });
});

test('an edit that cannot be is said, and the preview stays', async () => {
  const { client, made } = model();
  await made.open();
  const before = made.state;
  client.planned = () => Promise.reject(new RequestFailed('refused', 'no such cut', ERROR));

  await made.edit([{ name: 'a', title: '', cells: [1] }]);

  expect(made.state).toBe(before);
  expect(made.problem).toBe(ERROR.message);
});

test('stages are joined and cut', () => {
  const stages = [
    { name: 'load', title: 'Load', cells: [1, 2] },
    { name: 'clean', title: '', cells: [4] }
  ];

  expect(joined(stages, 1)).toEqual([{ name: 'load', title: 'Load', cells: [1, 2, 4] }]);
  expect(cut(stages, 0, 2).map(({ name, cells }) => [name, cells])).toEqual([
    ['load', [1]],
    ['load_2', [2]],
    ['clean', [4]]
  ]);
  expect(cut(stages, 0, 1)).toEqual(stages);
});
