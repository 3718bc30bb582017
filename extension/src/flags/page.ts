/** The page of a rule, beside the notebook. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IClient } from '../api/client';
import { CommandIDs } from '../commands';
import type { Tabs } from '../tabs';

interface IOptions {
  client: IClient;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  tabs: Tabs;
}

/** Add the command that explains a rule: here, or where another tool has its page. */
export function addExplainCommand(app: JupyterFrontEnd, options: IOptions): void {
  const { client, rendermime, trans, tabs } = options;
  app.commands.addCommand(CommandIDs.explain, {
    label: trans.__('Explain a Rule'),
    execute: async args => {
      const link = String(args['link'] ?? '');
      if (link.startsWith('https://')) {
        window.open(link, '_blank', 'noopener');
        return;
      }
      const code = String(args['code']);
      const id = `poc-graduate-rule-${code}`;
      if (!tabs.find(id)) {
        const { text } = await client.explain(code);
        const content = rendermime.createRenderer('text/markdown');
        content.addClass('jp-PocGraduate-page');
        await content.renderModel(new MimeModel({ data: { 'text/markdown': text } }));
        const page = new MainAreaWidget({ content });
        page.id = id;
        page.title.label = code;
        page.title.closable = true;
        tabs.add(page, { mode: 'split-right' });
      }
      tabs.show(id);
    }
  });
}
