import { describe, expect, it } from 'vitest';
import { FakeClient, choices } from '../testing';
import { OperateModel, byForm } from './model';

async function opened(client = new FakeClient()): Promise<OperateModel> {
  const model = new OperateModel('p', client);
  await model.refresh();
  return model;
}

describe('the choices of a project', () => {
  it('are sent where they differ, each as what it is', async () => {
    const model = await opened();
    expect(model.request(true)).toEqual({
      kind: 'operate',
      path: 'p',
      answers: {},
      dry_run: true
    });

    model.edit('serving', 'port', '9000');
    model.edit('updating', 'rule', true);

    expect(model.request(false)).toMatchObject({
      answers: { serving: { port: 9000 }, updating: { rule: true } },
      dry_run: false
    });
  });

  it.each(['', ' ', 'high', '1e999'])('go as typed where %j is no number', async typed => {
    const model = await opened();

    model.edit('serving', 'port', typed);

    expect(model.request(false).answers).toEqual({ serving: { port: typed } });
  });

  it('are sent no more when the project has them', async () => {
    const client = new FakeClient();
    const model = await opened(client);
    model.edit('serving', 'port', '9000');
    const [serving, updating] = choices().parts;
    const question = { ...serving!.questions[0]!, value: 9000 };
    const parts = [{ ...serving!, questions: [question] }, updating!];
    client.operate = () => Promise.resolve(choices({ operated: true, parts }));

    await model.refresh();

    expect(model.request(false).answers).toEqual({});
    expect(model.shown('serving', question)).toBe('9000');
  });

  it('say why there are none', async () => {
    const client = new FakeClient();
    client.operate = () => Promise.reject(new Error('operate.yaml cannot be read'));

    const model = await opened(client);

    expect(model.state).toEqual({ kind: 'failed', message: 'operate.yaml cannot be read' });
  });
});

it('lines that are asked for stay with their form', () => {
  const line = (path: string, name: string) => ({ path, name, line: 1, asks: '' });

  const forms = byForm([line('a', 'x'), line('b', 'y'), line('a', 'z')]);

  expect(forms.map(([path, lines]) => [path, lines.map(one => one.name)])).toEqual([
    ['a', ['x', 'z']],
    ['b', ['y']]
  ]);
});
