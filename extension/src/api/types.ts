/** What the server says and is asked, as `poc_graduate/server/handlers.py` has it. */

export type Severity = 'blocker' | 'risk' | 'note';

/** A range of a cell's source. Lines and columns from 1, in characters, not UTF-16 units. */
export interface Edit {
  cell: number;
  cell_id: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  text: string;
}

export interface Fix {
  title: string;
  safe: boolean;
  edits: Edit[];
  files: { path: string; text: string }[];
  cells: { before: number; source: string; tags: string[] }[];
  removed: number[];
}

export interface Finding {
  code: string;
  name: string;
  severity: Severity;
  path: string;
  cell: number;
  cell_id: string;
  heading: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  message: string;
  why: string;
  on_export: string;
  tool: string;
  link: string;
  fix: Fix | null;
}

export interface ServerError {
  type: string;
  message: string;
  found: string;
  remedy: string;
  cell: number | null;
  cell_id: string | null;
  line: number | null;
  column: number | null;
}

/** A cell, in the notebook's order; without `source` where the server knows it already. */
export interface SentCell {
  id: string;
  type: 'code' | 'markdown' | 'raw';
  source?: string;
  tags?: string[];
}

export interface CheckRequest {
  path: string;
  client: string;
  cells: SentCell[];
  ignore: string[];
}

export interface CheckAnswer {
  findings: Finding[];
}

/** A rule's page, in Markdown. */
export interface Explanation {
  code: string;
  name: string;
  text: string;
}

export interface Stage {
  name: string;
  title: string;
  cells: number[];
  upstream: string[];
  parameters: string[];
  products: { name: string; names: string[]; format: string; why: string }[];
  reads: string[];
  writes: string[];
}

export interface Parameter {
  name: string;
  value: unknown;
  cell: number;
  line: number;
  kind: string;
}

export interface Crossing {
  source: string;
  target: string;
  names: string[];
}

export interface Note {
  kind: string;
  cell: number;
  line: number;
  text: string;
}

export interface Plan {
  notebook: string;
  package: string;
  stages: Stage[];
  parameters: Parameter[];
  crossing: Crossing[];
  notes: Note[];
  yaml: string;
}

export interface PlanAnswer {
  plan: Plan | null;
  refusal: ServerError | null;
  findings: Finding[];
  target: string;
}

export interface StageEdit {
  name: string;
  title: string;
  cells: number[];
}

export interface ExportRequest {
  kind: 'export';
  path: string;
  to: string;
  stages: StageEdit[] | null;
}

export type JobState = 'queued' | 'running' | 'done' | 'refused' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  kind: 'export' | 'build' | 'test' | 'verify';
  path: string;
  state: JobState;
  step: string;
  done: number;
  of: number;
  error: ServerError | null;
  result: {
    project: string;
    proved: boolean;
    summary: string;
    notes: string[];
    pages: string[];
    output: string;
  } | null;
}

export interface Project {
  path: string;
  notebook: string;
  proved: boolean;
  tasks: { name: string; title: string; script: string; executed: string | null }[];
  pages: string[];
  runs: { name: string; when: string; state: string }[];
}
