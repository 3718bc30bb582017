/** The only file that talks to the server. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type {
  BatchAnswer,
  BatchTable,
  CheckAnswer,
  CheckRequest,
  Explanation,
  GridAnswer,
  GridRequest,
  Job,
  JobList,
  JobRequest,
  OperateAnswer,
  PlanAnswer,
  PlanRequest,
  Project,
  ProjectAnswer,
  Score,
  ScoreAnswer,
  ServerError
} from './types';

/** Everything that can go wrong between here and the server's answer.
 *
 * gone: nobody answers · missing: the server has no such extension · resend: it does not know
 * a cell · outdated: it knows a newer request · refused: all else, `detail` says what.
 */
export class RequestFailed extends Error {
  constructor(
    readonly kind: 'gone' | 'missing' | 'resend' | 'outdated' | 'refused',
    message: string,
    readonly detail: ServerError | null = null
  ) {
    super(message);
  }
}

/** What the rest of the extension asks; tests put their own in its place. */
export interface IClient {
  check(request: CheckRequest, signal: AbortSignal): Promise<CheckAnswer>;
  explain(code: string): Promise<Explanation>;
  plan(request: PlanRequest): Promise<PlanAnswer>;
  start(request: JobRequest): Promise<Job>;
  job(id: string): Promise<Job>;
  jobs(): Promise<Job[]>;
  cancel(id: string): Promise<Job>;
  project(path: string): Promise<Project | null>;
  grid(request: GridRequest): Promise<GridAnswer>;
  batch(path: string, start: number): Promise<BatchTable | null>;
  operate(path: string): Promise<OperateAnswer>;
  score(path: string): Promise<Score>;
  pageUrl(project: string, page: string): string;
}

/** Asks the server extension, with Jupyter's token and XSRF header. */
export class Client implements IClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  check(request: CheckRequest, signal: AbortSignal): Promise<CheckAnswer> {
    return this._ask('check', { method: 'POST', body: JSON.stringify(request), signal });
  }

  explain(code: string): Promise<Explanation> {
    return this._ask(`explain/${encodeURIComponent(code)}`);
  }

  plan(request: PlanRequest): Promise<PlanAnswer> {
    return this._ask('plan', { method: 'POST', body: JSON.stringify(request) });
  }

  start(request: JobRequest): Promise<Job> {
    return this._ask('jobs', { method: 'POST', body: JSON.stringify(request) });
  }

  job(id: string): Promise<Job> {
    return this._ask(`jobs/${encodeURIComponent(id)}`);
  }

  async jobs(): Promise<Job[]> {
    return (await this._ask<JobList>('jobs')).jobs;
  }

  cancel(id: string): Promise<Job> {
    return this._ask(`jobs/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  async project(path: string): Promise<Project | null> {
    const query = URLExt.objectToQueryString({ path });
    return (await this._ask<ProjectAnswer>(`project${query}`)).project;
  }

  grid(request: GridRequest): Promise<GridAnswer> {
    return this._ask('grid', { method: 'POST', body: JSON.stringify(request) });
  }

  async batch(path: string, start: number): Promise<BatchTable | null> {
    const query = URLExt.objectToQueryString({ path, start });
    return (await this._ask<BatchAnswer>(`batch${query}`)).batch;
  }

  operate(path: string): Promise<OperateAnswer> {
    return this._ask(`operate${URLExt.objectToQueryString({ path })}`);
  }

  async score(path: string): Promise<Score> {
    const query = URLExt.objectToQueryString({ path });
    return (await this._ask<ScoreAnswer>(`score${query}`)).score;
  }

  pageUrl(project: string, page: string): string {
    const path = URLExt.encodeParts(URLExt.join(project, page));
    return URLExt.join(this._settings.baseUrl, 'poc-graduate', 'pages', path);
  }

  private async _ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const url = URLExt.join(this._settings.baseUrl, 'poc-graduate', path);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
    } catch (problem) {
      if (init.signal?.aborted) {
        throw problem;
      }
      throw new RequestFailed('gone', 'the server does not answer');
    }
    if (response.ok) {
      return (await response.json()) as T;
    }
    const error = await errorIn(response);
    if (error === null && BEHIND_A_PROXY.includes(response.status)) {
      throw new RequestFailed('gone', 'the server does not answer');
    }
    if (response.status === 404 && error === null) {
      throw new RequestFailed('missing', 'the server extension is not there');
    }
    throw new RequestFailed(
      error?.type === 'Resend' ? 'resend' : error?.type === 'Outdated' ? 'outdated' : 'refused',
      error?.message ?? `${response.status} ${response.statusText}`,
      error
    );
  }
}

/** What a proxy says where the server behind it is away. */
const BEHIND_A_PROXY = [502, 503, 504];

async function errorIn(response: Response): Promise<ServerError | null> {
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'error' in body) {
      return body.error as ServerError;
    }
  } catch {
    // a proxy's page, not our server's answer
  }
  return null;
}
