/** What JupyterLab asks poc_graduate, and what it answers, below /poc-graduate/.

 Made of poc_graduate/server/schema.json by `npm run types`; not edited by hand. */

/** Version of the schema. */
export const SCHEMA_VERSION = 1;

export type Severity = 'blocker' | 'risk' | 'note';
/** What a job is to do. */
export type JobRequest = ExportRequest | ProjectRequest | BatchRequest | OperateRequest;
export type JobState = 'queued' | 'running' | 'done' | 'refused' | 'failed' | 'cancelled';

/** A range of a cell's source and what takes its place. Lines and columns from 1, in characters, not UTF-16 units; the end column is behind the last one. */
export interface Edit {
  cell: number;
  cell_id: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  text: string;
}

/** A file that a fix puts beside the notebook. */
export interface NewFile {
  path: string;
  text: string;
}

/** A cell that a fix puts in before the one at this position, from 1. */
export interface NewCell {
  before: number;
  source: string;
  tags: string[];
}

/** What would mend a finding. */
export interface Fix {
  title: string;
  /** It changes no result, and may be applied unasked. */
  safe: boolean;
  edits: Edit[];
  files: NewFile[];
  cells: NewCell[];
  /** Positions of cells that are taken out. */
  removed: number[];
}

/** One shortcut in one place. Cells, lines and columns from 1, columns in characters. */
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

/** What went wrong: where, what was found, what to do. Every failure is answered with one of these. */
export interface ServerError {
  /** `Refusal`, `CellFailed`, `InputError` … of poc_graduate; `Resend`, `Outdated`, `BadRequest`, `NotFound`, `TooLarge`, `Forbidden`, `Fault` of the server extension. */
  type: string;
  /** All of it in one sentence. */
  message: string;
  found: string;
  remedy: string;
  notebook: string | null;
  cell: number | null;
  cell_id: string | null;
  heading: string | null;
  line: number | null;
  column: number | null;
  exit_status: number;
}

/** The body of every answer that is no success. */
export interface ErrorAnswer {
  error: ServerError;
}

/** A cell, in the notebook's order; without `source` where the server was sent this hash before. */
export interface SentCell {
  id: string;
  /** Of type, source and tags, as the sender likes to make it. */
  hash: string;
  type: 'code' | 'markdown' | 'raw';
  source?: string;
  tags?: string[];
}

/** A notebook as it stands in an editor. */
export interface CheckRequest {
  path: string;
  /** One view of one notebook; who sends it makes it up. */
  client: string;
  /** Grows with each request of a client; older ones are dropped. */
  sequence: number;
  /** Sequence of the last answer that the client took, 0 for none. */
  seen: number;
  /** The kernel's language; null where none is known. */
  language: string | null;
  cells: SentCell[];
  /** Codes and prefixes of rules that are not shown. */
  ignore: string[];
}

/** The findings of one cell, all of them. */
export interface CheckedCell {
  id: string;
  hash: string;
  findings: Finding[];
}

/** The cells whose findings differ from those of the answer that was seen. */
export interface CheckAnswer {
  sequence: number;
  /** All cells are meant: those that are not listed have no findings. */
  whole: boolean;
  cells: CheckedCell[];
}

/** A rule's page, in Markdown. */
export interface Explanation {
  code: string;
  name: string;
  text: string;
}

/** A stage as somebody wants it. */
export interface StageEdit {
  name: string;
  title: string;
  cells: number[];
}

/** What would an export do? */
export interface PlanRequest {
  path: string;
  /** Null for those that poc_graduate chooses. */
  stages: StageEdit[] | null;
  /** The notebook (nbformat 4) as it stands in the editor, saved or not; null for the file. */
  content: {} | null;
}

/** A file that a stage leaves for later ones. */
export interface Product {
  name: string;
  names: string[];
  format: string;
  why: string;
}

/** One task of the pipeline. */
export interface Stage {
  name: string;
  title: string;
  cells: number[];
  upstream: string[];
  parameters: string[];
  products: Product[];
  reads: string[];
  writes: string[];
}

/** A literal of the notebook that becomes an entry of `env.yaml`. */
export interface Parameter {
  name: string;
  value: unknown;
  cell: number;
  line: number;
  kind: string;
}

/** Names that one stage hands to another. */
export interface Crossing {
  source: string;
  target: string;
  names: string[];
}

/** Something that the plan has to explain. */
export interface Note {
  kind: string;
  /** 0 for the whole notebook. */
  cell: number;
  line: number;
  text: string;
}

/** How a notebook becomes a pipeline. */
export interface Plan {
  notebook: string;
  package: string;
  stages: Stage[];
  parameters: Parameter[];
  crossing: Crossing[];
  notes: Note[];
  yaml: string;
}

/** A plan, or why there is none, with the notebook's findings. */
export interface PlanAnswer {
  plan: Plan | null;
  refusal: ServerError | null;
  findings: Finding[];
  /** The folder that is proposed for the project. */
  target: string;
  /** It is about text that is not in the notebook's file. */
  unsaved: boolean;
}

/** Run, convert and prove a notebook. */
export interface ExportRequest {
  kind: 'export';
  path: string;
  to: string;
  stages: StageEdit[] | null;
  /** The notebook (nbformat 4) as it stands in the editor, saved or not; null for the file. */
  content: {} | null;
}

/** Do something with an exported project. */
export interface ProjectRequest {
  kind: 'build' | 'test' | 'verify' | 'score';
  path: string;
}

/** A parameter of a batch that does not keep its default, as it was typed. Of a value and a list `text` counts, of a range `from`, `to` and `step`. */
export interface Given {
  name: string;
  how: 'value' | 'list' | 'range';
  text: string;
  from: string;
  to: string;
  /** A number, `× 10`, or a time like `month`. */
  step: string;
}

/** Run a project for each row of a grid. */
export interface BatchRequest {
  kind: 'batch';
  /** The project. */
  path: string;
  /** Folder of the batch. */
  to: string;
  /** Null to go on with a batch as it was begun. */
  given: Given[] | null;
  /** Runs at once; null for one a processor. */
  workers: number | null;
}

/** Generate what a project needs to be operated. */
export interface OperateRequest {
  kind: 'operate';
  /** The project. */
  path: string;
  /** Name of a part → choice → value; what is not named stays as it is. */
  answers: {
    [k: string]: {
      [k: string]: boolean | number | string;
    };
  };

  /** Change nothing; the output says what would change. */
  dry_run: boolean;
}

/** What a job left. */
export interface JobResult {
  project: string;
  proved: boolean;
  summary: string;
  notes: string[];
  /** Pages of the project, the certificate first. */
  pages: string[];
  /** What was printed, its end. */
  output: string;
}

/** A job and how far it is. */
export interface Job {
  id: string;
  kind: 'export' | 'build' | 'test' | 'verify' | 'batch' | 'score' | 'operate';
  /** The notebook or project. */
  path: string;
  state: JobState;
  step: string;
  done: number;
  of: number;
  error: ServerError | null;
  result: JobResult | null;
}

/** All jobs of this server's notebooks and projects, the newest first. */
export interface JobList {
  jobs: Job[];
}

/** A task of a project; its files as the server names them. */
export interface Task {
  name: string;
  title: string;
  script: string;
  executed: string | null;
}

/** Which runs would that be? Nothing is begun. */
export interface GridRequest {
  /** The project. */
  path: string;
  given: Given[];
}

/** The values that a parameter takes in a batch. */
export interface GridColumn {
  name: string;
  values: number;
  /** The first few of them. */
  first: string[];
}

/** The runs of a batch before it is begun. */
export interface GridAnswer {
  /** 0 where there can be none. */
  runs: number;
  columns: GridColumn[];
  /** Why the form does not fit the project: nobody who types is always right. */
  problem: ServerError | null;
}

/** An entry of a project's `env.yaml`. */
export interface BatchParameter {
  name: string;
  /** bool, int, float, str, list or dict; empty where any value may be right. */
  type: string;
  /** As somebody would type it. */
  default: string;
}

/** A batch of a project, and how far it is. */
export interface Batch {
  path: string;
  at_work: boolean;
  /** How it ended; empty where it goes on or was cut off. */
  ending: string;
  planned: number;
  done: number;
  failed: number;
  running: number;
}

/** Why a run failed. Cell and line from 1, 0 where they are not known; the cell among those of the notebook's author. */
export interface RunFailure {
  text: string;
  task: string;
  cell: number;
  line: number;
}

/** An executed notebook of a run. */
export interface RunNotebook {
  task: string;
  path: string;
}

/** A run of a batch. */
export interface Run {
  number: number;
  state: 'planned' | 'running' | 'done' | 'failed';
  /** Of those that vary, in their order. */
  parameters: string[];
  metrics: string[];
  seconds: number | null;
  attempts: number;
  failure: RunFailure | null;
  notebooks: RunNotebook[];
}

/** The runs of a batch in the grid's order, at most 200 of them. */
export interface BatchTable {
  path: string;
  at_work: boolean;
  /** How it ended; empty where it goes on or was cut off. */
  ending: string;
  planned: number;
  done: number;
  failed: number;
  running: number;
  varied: string[];
  metrics: string[];
  /** Runs before the first one here. */
  start: number;
  /** It can be gone on with from here. */
  resumable: boolean;
  runs: Run[];
}

/** The runs of a batch; null where the folder holds none yet. */
export interface BatchAnswer {
  batch: BatchTable | null;
}

/** What an exported project holds. */
export interface Project {
  path: string;
  notebook: string;
  proved: boolean;
  tasks: Task[];
  pages: string[];
  parameters: BatchParameter[];
  /** The newest first. */
  batches: Batch[];
  /** The folder that is proposed for a batch. */
  batch_to: string;
  processors: number;
}

/** A folder as a project; null where it is none of ours. */
export interface ProjectAnswer {
  project: Project | null;
}

/** A choice of a part. */
export interface OperateQuestion {
  name: string;
  asks: string;
  kind: 'bool' | 'int' | 'float' | 'str';
  default: boolean | number | string;
  /** Of the project as it is. */
  value: boolean | number | string;
  /** Smallest number that it may be. */
  least: number | null;
  /** It is asked; the others keep their value unless somebody looks for them. */
  dialog: boolean;
}

/** A part of what is generated, with its choices. */
export interface OperatePart {
  name: string;
  title: string;
  /** Why it does not apply to the project; empty where it does. */
  left_out: string;
  questions: OperateQuestion[];
}

/** A line of a form that only people can fill in, and nobody has. */
export interface Unstated {
  /** The form, as the server names it. */
  path: string;
  line: number;
  name: string;
  asks: string;
}

/** What can be chosen for operating a project, and what is asked of people. */
export interface OperateAnswer {
  /** It was generated before. */
  operated: boolean;
  parts: OperatePart[];
  unstated: Unstated[];
}

/** A section or domain in a radar, drawn from its middle. */
export interface RadarSpoke {
  name: string;
  points: string;
  /** x and y */
  end: number[];
  /** x and y */
  text: number[];
  anchor: 'start' | 'middle' | 'end';
}

/** Points of sections or domains, as a drawing. */
export interface Radar {
  spokes: RadarSpoke[];
  /** Corners of each. */
  rings: string[];
  /** Corners of the project's own. */
  shape: string;
  /** All of it in words. */
  says: string;
}

/** What to do next. */
export interface ScoreStep {
  asks: string;
  remedy: string;
}

/** Points of sections or domains, and what to do next about them. */
export interface ScoreBlock {
  radar: Radar;
  weakest: string[];
  next: ScoreStep[];
}

/** How ready a project is, by what ran on its files as they are. */
export interface Score {
  points: number;
  most: number;
  meaning: string;
  /** Day on which its tests ran last. */
  ran: string | null;
  rubric: ScoreBlock;
  domains: ScoreBlock;
  /** Of the project, with every question. */
  page: string;
}

/** The score of a project. */
export interface ScoreAnswer {
  score: Score;
}
