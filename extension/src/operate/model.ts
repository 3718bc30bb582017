/** Operating a project: what can be chosen, and what somebody has chosen so far. */
import type { IClient } from '../api/client';
import type { OperateAnswer, OperateQuestion, OperateRequest, Unstated } from '../api/types';
import { ToldModel } from '../project/told';

type Value = OperateQuestion['value'];

export class OperateModel extends ToldModel<OperateAnswer> {
  constructor(
    private readonly _project: string,
    client: IClient
  ) {
    super(() => client.operate(_project));
  }

  /** What stands in the form: numbers as they were typed, until they are sent. */
  shown(part: string, question: OperateQuestion): string | boolean {
    const typed = this._typed.get(`${part}.${question.name}`);
    const { value } = question;
    return typed ?? (typeof value === 'boolean' ? value : String(value));
  }

  edit(part: string, name: string, value: string | boolean): void {
    this._typed.set(`${part}.${name}`, value);
    this._changed.emit();
  }

  /** What generates it by the form; with `dryRun` it only shows what would change. */
  request(dryRun: boolean): OperateRequest {
    const answers: OperateRequest['answers'] = {};
    const parts = this.state.kind === 'known' ? this.state.answer.parts : [];
    for (const part of parts) {
      for (const question of part.questions) {
        const given = this._given(part.name, question);
        if (given !== question.value) {
          answers[part.name] = { ...answers[part.name], [question.name]: given };
        }
      }
    }
    return { kind: 'operate', path: this._project, answers, dry_run: dryRun };
  }

  private _given(part: string, question: OperateQuestion): Value {
    const typed = this.shown(part, question);
    const number = question.kind === 'int' || question.kind === 'float';
    if (!number || typeof typed === 'boolean' || typed.trim() === '') {
      return typed;
    }
    // what is no number goes as it was typed: the server says what is wrong with it
    return Number.isFinite(Number(typed)) ? Number(typed) : typed;
  }

  private readonly _typed = new Map<string, string | boolean>();
}

/** Lines that are asked for, by their form, in its order. */
export function byForm(lines: readonly Unstated[]): [string, Unstated[]][] {
  const forms = new Map<string, Unstated[]>();
  for (const line of lines) {
    forms.set(line.path, [...(forms.get(line.path) ?? []), line]);
  }
  return [...forms];
}
