/** A job that is under way. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job } from '../api/types';
import { sentence } from '../flags/text';

/** Where a job is, with a bar where the end is known. */
export function Progress(props: {
  job: Job;
  reachable: boolean;
  trans: TranslationBundle;
  cancel: () => void;
}) {
  const { job, reachable, trans, cancel } = props;
  // one step of one tells nobody how far it is
  const known = job.of > 1;
  const batch = job.kind === 'batch';
  // a batch says that itself, and ends what is under way before it stops
  const counted = known && !batch;
  const stopping = batch && job.step.startsWith('stopping');
  const step = job.step === 'waiting' ? trans.__('Starting') : sentence(job.step);
  return (
    <div className="jp-PocGraduate-progress" role="status">
      <p>
        {job.state === 'queued' ? trans.__('Waiting for its turn') : step}
        {counted ? ` ${trans.__('(%1 of %2)', job.done, job.of)}` : '…'}
      </p>
      <progress aria-label={step} {...(known ? { value: job.done, max: job.of } : {})} />
      {!reachable && (
        <p>{trans.__('The server does not answer. The job is followed when it is back.')}</p>
      )}
      <button className="jp-mod-styled jp-mod-reject" onClick={cancel}>
        {!batch ? trans.__('Cancel') : stopping ? trans.__('Stop at once') : trans.__('Stop')}
      </button>
      <p className="jp-PocGraduate-where">
        {trans.__('You may close this tab: the job goes on, and is shown when you come back.')}
      </p>
    </div>
  );
}
