import { describe, expect, it } from 'vitest';
import type { GridAnswer, Project } from '../api/types';
import { FakeClient, batchTable, serverError } from '../testing';
import { BatchModel, duration } from './batchModel';

const now = () => Promise.resolve();

const PROJECT: Project = {
  path: 'p',
  notebook: 'a.ipynb',
  proved: true,
  tasks: [],
  pages: [],
  parameters: [
    { name: 'C', type: 'float', default: '1.0' },
    { name: 'region', type: 'str', default: 'north' }
  ],
  batches: [],
  batch_to: 'p-batch',
  processors: 4
};

async function opened(client: FakeClient, more: Partial<Project> = {}): Promise<BatchModel> {
  const model = new BatchModel('p', client, now);
  await model.take({ ...PROJECT, ...more });
  return model;
}

describe('the form of a batch', () => {
  it('sends what was typed, letter for letter, and only what varies', async () => {
    const model = await opened(new FakeClient());

    await model.edit('C', { how: 'list', text: '1.0, 1e-5' });

    expect(model.request).toMatchObject({ to: 'p-batch', workers: 4 });
    expect(model.request.given).toEqual([
      { name: 'C', how: 'list', text: '1.0, 1e-5', from: '1.0', to: '', step: '' }
    ]);
  });

  it('asks for the last thing typed, and drops answers about earlier ones', async () => {
    const client = new FakeClient();
    const answers: ((answer: GridAnswer) => void)[] = [];
    client.grid = () => new Promise(answer => answers.push(answer));
    const model = await opened(client);

    const first = model.edit('C', { how: 'list', text: '1' });
    await now();
    await now();
    const second = model.edit('C', { text: '1, 2' });
    await now();
    await now();
    answers[1]!({ runs: 2, columns: [], problem: null });
    answers[0]!({ runs: 1, columns: [], problem: null });
    await Promise.all([first, second]);

    expect(model.grid).toMatchObject({ kind: 'known', answer: { runs: 2 } });
  });

  it('says what does not fit', async () => {
    const client = new FakeClient();
    const problem = serverError({ message: 'C is a number' });
    client.grid = () => Promise.resolve({ runs: 0, columns: [], problem });
    const model = await opened(client);

    await model.edit('C', { how: 'value', text: 'high' });

    expect(model.grid).toEqual({ kind: 'wrong', message: 'C is a number' });
  });

  it('keeps what was typed when the project is read again, and takes a new folder', async () => {
    const model = await opened(new FakeClient());
    await model.edit('C', { how: 'value', text: '2.0' });
    model.set({ workers: 2 });
    const { varied, metrics, start, resumable, runs, ...batch } = batchTable();

    await model.take({ ...PROJECT, batches: [batch], batch_to: 'p-batch-2' });

    expect(model.request).toMatchObject({ to: 'p-batch-2', workers: 2 });
    expect(model.fields[0]).toMatchObject({ how: 'value', text: '2.0' });
  });
});

describe('the runs of a batch', () => {
  it('are those of the newest, and can be gone on with', async () => {
    const client = new FakeClient();
    const asked: [string, number][] = [];
    client.batch = (path, start) => {
      asked.push([path, start]);
      return Promise.resolve(batchTable({ path }));
    };
    const { varied, metrics, start, resumable, runs, ...batch } = batchTable();

    const model = await opened(client, { batches: [batch] });
    await model.show('p-batch', 200);

    expect(asked).toEqual([
      ['p-batch', 0],
      ['p-batch', 200]
    ]);
    expect(model.more).toMatchObject({ to: 'p-batch', given: null });
  });
});

it('durations are read at a glance', () => {
  expect([0.42, 9.96, 61, 3600 * 2 + 61].map(duration)).toEqual([
    '0.4 s',
    '10.0 s',
    '1 min 1 s',
    '2 h 1 min'
  ]);
});
