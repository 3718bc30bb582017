/** A task's script: a notebook where Jupytext is there, whose kernel has the task's inputs. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

const FACTORY = 'Jupytext Notebook';

interface IOptions {
  app: JupyterFrontEnd;
  documents: IDocumentManager;
  trans: TranslationBundle;
}

/** Open a script; where it is a notebook, its kernel works in the project's folder. */
export async function openScript(path: string, options: IOptions): Promise<void> {
  const { app, documents, trans } = options;
  if (!app.docRegistry.getWidgetFactory(FACTORY)) {
    documents.openOrReveal(path, 'default');
    return;
  }
  const open = documents.findWidget(path, FACTORY);
  // a script names no kernel, and whoever opens it would be asked for one
  const name = app.serviceManager.kernelspecs.specs?.default ?? 'python3';
  const kernelOf = { name };
  const panel = documents.openOrReveal(path, FACTORY, kernelOf) as NotebookPanel | undefined;
  if (open || !panel) {
    return;
  }
  const session = panel.sessionContext;
  let again = false;
  const give = async (kernel: Kernel.IKernelConnection): Promise<void> => {
    try {
      // what is asked before it answers may be forgotten while it is connected
      await kernel.info;
      const problem = await inputs(kernel, path.replace(/^.*\//, ''));
      if (problem) {
        Notification.warning(trans.__('%1 has no inputs: %2', path, problem));
      } else {
        Notification.info(
          trans.__('%1 has its inputs; what it writes goes to a folder of its own.', path),
          { autoClose: 6000 }
        );
      }
    } catch {
      again = true; // restarted, or gone: once it is idle again
    }
  };
  // a kernel that was restarted has forgotten them
  session.statusChanged.connect((_, status) => {
    const { kernel } = session.session ?? {};
    if (status === 'restarting' || status === 'autorestarting') {
      again = true;
    } else if (status === 'idle' && again && kernel) {
      again = false;
      void give(kernel);
    }
  });
  session.kernelChanged.connect((_, { newValue }) => newValue && void give(newValue));
  const { kernel } = session.session ?? {};
  if (kernel) {
    await give(kernel);
  }
}

/** Have a kernel know a task's inputs; what went wrong, or nothing. */
async function inputs(kernel: Kernel.IKernelConnection, script: string): Promise<string> {
  const code = `from poc_graduate.magics.task import open_task as _open_task
try:
    _open_task(${JSON.stringify(script)})
finally:
    del _open_task`;
  const reply = await kernel.requestExecute({ code, silent: true, store_history: false }).done;
  return reply?.content.status === 'error' ? reply.content.evalue : '';
}
