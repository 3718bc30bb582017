import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RequestFailed } from '../api/client';
import { DEFAULTS } from '../settings';
import type { CheckAnswer } from '../api/types';
import { FakeClient, cells, finding, told } from '../testing';
import { ICellText, NotebookFlags } from './model';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function notebook(...sources: string[]) {
  const text = {
    path: 'a.ipynb',
    language: 'python',
    now: cells(...sources),
    cells: () => text.now as ICellText[],
    ids: () => (text.now as ICellText[]).map(cell => cell.id)
  };
  const client = new FakeClient();
  return { text, client, flags: new NotebookFlags(text, client, DEFAULTS, 'key') };
}

const sent = (client: FakeClient, at: number) =>
  client.requests[at]!.request.cells.map(cell => cell.source);

test('after the first question only cells that changed are sent', async () => {
  const { text, client, flags } = notebook('x', 'y');
  flags.check();
  await vi.runAllTimersAsync();

  text.now = cells('x', 'z');
  flags.touch();
  await vi.runAllTimersAsync();

  expect(sent(client, 0)).toEqual(['x', 'y']);
  expect(sent(client, 1)).toEqual([undefined, 'z']);
});

test('keys that follow each other ask once', async () => {
  const { client, flags } = notebook('x');
  for (let key = 0; key < 5; key++) {
    flags.touch();
    await vi.advanceTimersByTimeAsync(DEFAULTS.delay - 1);
  }

  expect(client.requests).toHaveLength(0);
  await vi.runAllTimersAsync();
  expect(client.requests).toHaveLength(1);
});

test('an answer that is overtaken is dropped, and its cells are sent again', async () => {
  const { text, client, flags } = notebook('old');
  let late: (answer: CheckAnswer) => void = () => undefined;
  client.answers.push(
    () => new Promise(done => (late = done)),
    request => Promise.resolve(told(request, finding()))
  );
  flags.check();
  await vi.advanceTimersByTimeAsync(0);
  text.now = cells('new');
  flags.check();
  await vi.runAllTimersAsync();

  late(told(client.requests[0]!.request));
  await vi.runAllTimersAsync();

  expect(client.requests[0]!.signal.aborted).toBe(true);
  expect(sent(client, 1)).toEqual(['new']);
  expect(flags.of('a')).toMatchObject({ source: 'new', findings: [{ code: 'POC101' }] });
});

test('a text that was sent and overtaken is not taken for known when it comes back', async () => {
  const { text, client, flags } = notebook('x');
  flags.check();
  await vi.runAllTimersAsync();
  text.now = cells('y');
  client.answers.push(() => new Promise(() => undefined));
  flags.check();
  await vi.advanceTimersByTimeAsync(0);

  text.now = cells('x');
  flags.check();
  await vi.runAllTimersAsync();

  expect(sent(client, 2)).toEqual(['x']);
});

test('a server that has forgotten gets everything', async () => {
  const { client, flags } = notebook('x');
  flags.check();
  await vi.runAllTimersAsync();
  client.answers.push(() => Promise.reject(new RequestFailed('resend', 'resend')));
  flags.check();
  await vi.runAllTimersAsync();

  expect(sent(client, 1)).toEqual([undefined]);
  expect(sent(client, 2)).toEqual(['x']);
  expect(flags.state.kind).toBe('ready');
});

test('a lost server is asked again, and findings come back', async () => {
  const { client, flags } = notebook('x');
  client.answers.push(
    () => Promise.reject(new RequestFailed('gone', 'gone')),
    () => Promise.reject(new RequestFailed('gone', 'gone')),
    request => Promise.resolve(told(request, finding()))
  );
  flags.check();
  await vi.advanceTimersByTimeAsync(10);
  expect(flags.state.kind).toBe('gone');

  await vi.advanceTimersByTimeAsync(60_000);

  expect(flags.state.kind).toBe('ready');
  expect(flags.findings).toHaveLength(1);
});

test('findings stay with a cell that moves, go with one that is deleted', async () => {
  const { text, client, flags } = notebook('x', 'y');
  client.answers.push(request => Promise.resolve(told(request, finding({ cell: 2 }))));
  flags.check();
  await vi.runAllTimersAsync();

  text.now = [...text.now].reverse();
  expect(flags.findings).toHaveLength(1);
  text.now = text.now.slice(1);
  expect(flags.findings).toHaveLength(0);
});

test('a renamed notebook is told to the server as a whole', async () => {
  const { text, client, flags } = notebook('x');
  flags.check();
  await vi.runAllTimersAsync();
  text.path = 'b.ipynb';
  flags.check();
  await vi.runAllTimersAsync();

  expect(client.requests[1]!.request.path).toBe('b.ipynb');
  expect(sent(client, 1)).toEqual(['x']);
});

test('what is milder than the user wants to see is not shown', async () => {
  const { client, flags } = notebook('x');
  flags.settings = { ...DEFAULTS, shown: 'risk' };
  const findings = [finding({ severity: 'note' }), finding({ severity: 'risk' })];
  client.answers.push(request => Promise.resolve(told(request, ...findings)));
  await vi.runAllTimersAsync();

  expect(flags.findings.map(f => f.severity)).toEqual(['risk']);
});

test('an answer tells only what has changed; the rest stays', async () => {
  const { text, client, flags } = notebook('x', 'y');
  const emitted: string[][] = [];
  client.answers.push(request =>
    Promise.resolve(told(request, finding(), finding({ cell: 2 })))
  );
  flags.check();
  await vi.runAllTimersAsync();
  flags.changed.connect((_, ids) => emitted.push([...ids]));

  text.now = cells('x', 'z');
  client.answers.push(({ sequence, cells }) => {
    const { id, hash } = cells[1]!;
    return Promise.resolve({ sequence, whole: false, cells: [{ id, hash, findings: [] }] });
  });
  flags.check();
  await vi.runAllTimersAsync();

  expect(client.requests.map(({ request }) => [request.sequence, request.seen])).toEqual([
    [1, 0],
    [2, 1]
  ]);
  expect(flags.findings).toHaveLength(1);
  expect(emitted).toEqual([['b']]);
});

test('after a failure the server is told everything, and tells everything', async () => {
  const { client, flags } = notebook('x');
  flags.check();
  await vi.runAllTimersAsync();
  client.answers.push(() => Promise.reject(new RequestFailed('gone', 'gone')));
  flags.check();
  await vi.runAllTimersAsync();

  expect(client.requests.at(-1)!.request.seen).toBe(0);
  expect(sent(client, client.requests.length - 1)).toEqual(['x']);
});

test('an answer that the server calls outdated leaves what is shown', async () => {
  const { client, flags } = notebook('x');
  client.answers.push(request => Promise.resolve(told(request, finding())));
  flags.check();
  await vi.runAllTimersAsync();
  client.answers.push(() => Promise.reject(new RequestFailed('outdated', 'newer')));
  flags.check();
  await vi.runAllTimersAsync();

  expect(flags.state.kind).toBe('ready');
  expect(flags.findings).toHaveLength(1);
});

test('what is shown changes without the server having to repeat itself', async () => {
  const { client, flags } = notebook('x');
  client.answers.push(request => Promise.resolve(told(request, finding({ severity: 'note' }))));
  flags.settings = { ...DEFAULTS, shown: 'risk' };
  await vi.runAllTimersAsync();
  client.answers.push(({ sequence }) => Promise.resolve({ sequence, whole: false, cells: [] }));
  flags.settings = DEFAULTS;
  await vi.runAllTimersAsync();

  expect(flags.findings).toHaveLength(1);
});
