/** For tests: findings, a client that answers as told, an editor of one cell. */
import type {
  BatchTable,
  CheckAnswer,
  CheckRequest,
  Finding,
  Job,
  OperateAnswer,
  Score,
  ServerError
} from './api/types';
import type { IClient } from './api/client';
import type { ICellText } from './flags/model';

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    code: 'POC101',
    name: 'absolute-path',
    severity: 'blocker',
    path: 'a.ipynb',
    cell: 1,
    cell_id: 'a',
    heading: '',
    line: 1,
    column: 1,
    end_line: 1,
    end_column: 2,
    message: 'it exists only here',
    why: 'elsewhere there is no such file',
    on_export: '',
    tool: 'poc-graduate',
    link: '',
    fix: null,
    ...more
  };
}

export function job(more: Partial<Job> = {}): Job {
  return {
    id: 'j1',
    kind: 'export',
    path: 'a.ipynb',
    state: 'running',
    step: 'observing',
    done: 1,
    of: 3,
    error: null,
    result: null,
    ...more
  };
}

/** A batch of two runs. */
export function batchTable(more: Partial<BatchTable> = {}): BatchTable {
  return {
    path: 'p-batch',
    at_work: false,
    ending: 'all done',
    planned: 2,
    done: 2,
    failed: 0,
    running: 0,
    varied: ['C'],
    metrics: [],
    start: 0,
    resumable: true,
    runs: [],
    ...more
  };
}

/** What can be chosen for a project whose service has a port. */
export function choices(more: Partial<OperateAnswer> = {}): OperateAnswer {
  const question = { default: 8080, value: 8080, least: 1, dialog: true };
  const port = { name: 'port', asks: 'Port', kind: 'int' as const, ...question };
  const rule = { ...port, name: 'rule', asks: 'Rule', kind: 'bool' as const, least: null };
  return {
    operated: false,
    parts: [
      { name: 'serving', title: 'Service', left_out: '', questions: [port] },
      {
        name: 'updating',
        title: 'Update process',
        left_out: '',
        questions: [{ ...rule, default: false, value: false }]
      }
    ],
    unstated: [],
    ...more
  };
}

/** The score of a project of which two domains are asked. */
export function scored(more: Partial<Score> = {}): Score {
  const radar = {
    spokes: [
      {
        name: 'Compute',
        points: '7.0',
        end: [0, -110],
        text: [0, -136],
        anchor: 'middle' as const
      },
      { name: 'Data', points: '3.5', end: [110, 0], text: [120, 0], anchor: 'start' as const }
    ],
    rings: ['0,-110 110,0'],
    shape: '0,-110 55,0',
    says: 'Compute 7.0 of 7, Data 3.5 of 7'
  };
  const next = [{ asks: 'Is it tested?', remedy: 'Run the tests.' }];
  return {
    points: 2,
    most: 7,
    meaning: 'a first pass',
    ran: null,
    rubric: { radar, weakest: ['Data'], next },
    domains: { radar, weakest: ['Data'], next: [] },
    page: 'graduation/readiness.html',
    ...more
  };
}

/** What the server answers when these are the findings of all cells. */
export function told(request: CheckRequest, ...findings: Finding[]): CheckAnswer {
  const cells = request.cells.map(({ id, hash }, at) => {
    return { id, hash, findings: findings.filter(one => one.cell === at + 1) };
  });
  return { sequence: request.sequence, whole: true, cells };
}

export function serverError(more: Partial<ServerError> = {}): ServerError {
  return {
    type: 'Refusal',
    message: 'cell 3, line 2: no',
    found: 'no',
    remedy: 'do',
    notebook: 'a.ipynb',
    cell: 3,
    cell_id: 'c',
    heading: '',
    line: 2,
    column: 1,
    exit_status: 3,
    ...more
  };
}

/** Cells of code, named a, b, c … */
export function cells(...sources: string[]): ICellText[] {
  return sources.map((source, number) => ({
    id: String.fromCharCode(97 + number),
    type: 'code' as const,
    source,
    tags: []
  }));
}

/** A client whose every answer a test gives. */
export class FakeClient implements IClient {
  requests: { request: CheckRequest; signal: AbortSignal }[] = [];
  answers: ((request: CheckRequest) => Promise<CheckAnswer>)[] = [];
  started: unknown[] = [];
  jobAnswers: (() => Promise<Job>)[] = [];
  running: Job[] = [];
  planned: IClient['plan'] = () => Promise.reject(new Error('no plan'));

  check(request: CheckRequest, signal: AbortSignal): Promise<CheckAnswer> {
    this.requests.push({ request, signal });
    return (this.answers.shift() ?? (() => Promise.resolve(told(request))))(request);
  }
  explain: IClient['explain'] = code => Promise.resolve({ code, name: '', text: '' });
  plan: IClient['plan'] = request => this.planned(request);
  start: IClient['start'] = request => {
    this.started.push(request);
    return Promise.resolve(job());
  };
  job: IClient['job'] = () => (this.jobAnswers.shift() ?? (() => Promise.resolve(job())))();
  jobs: IClient['jobs'] = () => Promise.resolve(this.running);
  cancel: IClient['cancel'] = () => Promise.resolve(job({ state: 'cancelled' }));
  project: IClient['project'] = () => Promise.resolve(null);
  grid: IClient['grid'] = () => Promise.resolve({ runs: 1, columns: [], problem: null });
  batch: IClient['batch'] = () => Promise.resolve(null);
  operate: IClient['operate'] = () => Promise.resolve(choices());
  score: IClient['score'] = () => Promise.resolve(scored());
  pageUrl: IClient['pageUrl'] = (project, page) => `${project}/${page}`;
}
