import { describe, expect, it } from 'vitest';
import { RequestFailed } from '../api/client';
import type { Project } from '../api/types';
import { FakeClient, choices, job, scored } from '../testing';
import { ProjectModel, ProjectState, placeOf } from './model';

const now = () => Promise.resolve();

function project(more: Partial<Project> = {}): Project {
  return {
    path: 'p',
    notebook: 'a.ipynb',
    proved: true,
    tasks: [],
    pages: [],
    parameters: [],
    batches: [],
    batch_to: 'p-batch',
    processors: 2,
    ...more
  };
}

function opened(client: FakeClient): { model: ProjectModel; seen: ProjectState[] } {
  const model = new ProjectModel('p', client, now);
  const seen: ProjectState[] = [];
  model.changed.connect((_, state) => seen.push(state));
  return { model, seen };
}

describe('a project', () => {
  it('says so where the folder is none', async () => {
    const { model } = opened(new FakeClient());

    await model.open();

    expect(model.state).toEqual({ kind: 'none', message: '' });
  });

  it('shows the job that is under way', async () => {
    const client = new FakeClient();
    client.project = () => Promise.resolve(project());
    client.running = [job({ kind: 'test', path: 'p' })];
    client.jobAnswers = [() => Promise.resolve(job({ kind: 'test', state: 'done' }))];
    const { model, seen } = opened(client);

    await model.open();

    expect(seen.map(state => (state.kind === 'open' ? state.work.kind : ''))).toContain(
      'running'
    );
    expect(model.state).toMatchObject({ work: { kind: 'ended' } });
  });

  it('is read again after a build', async () => {
    const client = new FakeClient();
    const answers = [project(), project({ proved: false })];
    client.project = () => Promise.resolve(answers.shift()!);
    client.jobAnswers = [() => Promise.resolve(job({ kind: 'build', state: 'done' }))];
    const { model } = opened(client);
    await model.open();

    await model.start({ kind: 'build', path: 'p' });

    expect(model.state).toMatchObject({ project: { proved: false }, work: { kind: 'ended' } });
  });

  it('waits for a server that is away', async () => {
    const client = new FakeClient();
    client.project = () => Promise.resolve(project());
    client.jobAnswers = [
      () => Promise.reject(new RequestFailed('gone', 'away')),
      () => Promise.resolve(job({ state: 'done' }))
    ];
    const { model, seen } = opened(client);
    await model.open();

    await model.start({ kind: 'verify', path: 'p' });

    expect(seen).toContainEqual(
      expect.objectContaining({ work: expect.objectContaining({ reachable: false }) })
    );
    expect(model.state).toMatchObject({ work: { kind: 'ended' } });
  });

  it('says why a job was not begun', async () => {
    const client = new FakeClient();
    client.project = () => Promise.resolve(project());
    client.start = () => Promise.reject(new RequestFailed('refused', 'there is no project'));
    const { model } = opened(client);
    await model.open();

    await model.start({ kind: 'build', path: 'p' });

    expect(model.state).toMatchObject({
      work: { kind: 'failed', message: 'there is no project' }
    });
  });

  it('shows work beside what began it, and reads what it left', async () => {
    const client = new FakeClient();
    client.project = () => Promise.resolve(project());
    let told = 0;
    client.operate = () => Promise.resolve(choices({ operated: told++ > 0 }));
    client.score = () => Promise.resolve(scored({ points: told }));
    client.jobAnswers = [() => Promise.resolve(job({ kind: 'operate', state: 'done' }))];
    const { model } = opened(client);
    await model.open();

    await model.start(model.operate.request(false));

    expect(model.state).toMatchObject({ work: { kind: 'ended' } });
    expect(model.state.kind === 'open' && placeOf(model.state.work)).toBe('operate');
    expect(model.operate.state).toMatchObject({ answer: { operated: true } });
    expect(model.score.state).toMatchObject({ answer: { points: 2 } });

    client.start = () => Promise.reject(new RequestFailed('refused', 'write at least 1'));
    await model.start(model.operate.request(false));

    expect(model.state).toMatchObject({ work: { kind: 'failed', place: 'operate' } });
  });
});
