/** Asks before a fix that changes more than how the code reads. */
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Finding } from '../api/types';
import { IRewritten, difference } from './repair';
import { Code, sentence } from './text';

const SIGN = { same: ' ', gone: '-', new: '+' };

/** Show what a fix changes; true when the user wants it. */
export async function confirmFix(
  finding: Finding,
  texts: readonly IRewritten[],
  trans: TranslationBundle
): Promise<boolean> {
  const fix = finding.fix!;
  const body = ReactWidget.create(
    <div className="jp-PocGraduate-diff">
      <p>
        <Code text={sentence(finding.message)} />
      </p>
      {texts.map(({ cell, before, after }) => (
        <pre key={cell} aria-label={trans.__('What changes')} tabIndex={0}>
          {difference(before, after).map(({ kind, text }, number) => (
            <span key={number} className={`jp-PocGraduate-diff-${kind}`}>
              {`${SIGN[kind]} ${text}\n`}
            </span>
          ))}
        </pre>
      ))}
      {fix.cells.map((cell, number) => (
        <React.Fragment key={number}>
          <p>{trans.__('New cell')}</p>
          <pre tabIndex={0}>
            <span className="jp-PocGraduate-diff-new">{cell.source}</span>
          </pre>
        </React.Fragment>
      ))}
      {fix.files.length > 0 && (
        <p>
          {trans.__('Written beside the notebook: %1', fix.files.map(f => f.path).join(', '))}
        </p>
      )}
      {fix.removed.length > 0 && (
        <p>{trans.__('Cells taken out: %1', fix.removed.join(', '))}</p>
      )}
    </div>
  );
  const result = await showDialog({
    title: fix.title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Apply') })
    ]
  });
  return result.button.accept;
}
