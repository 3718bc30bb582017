/** The user's settings, typed; defaults stand in `schema/plugin.json`. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { Severity } from './api/types';
import type { IFlagSettings } from './flags/model';

export const PLUGIN_ID = 'poc-graduate:plugin';

const FAMILIES: readonly [string, string][] = [
  ['sources', 'POC1'],
  ['cleaning', 'POC2'],
  ['state', 'POC3'],
  ['chance', 'POC4'],
  ['evaluation', 'POC5'],
  ['frames', 'POC6'],
  ['operation', 'POC7'],
  ['reading', 'POC8'],
  ['notebookOnly', 'POC9']
];

export const DEFAULTS: IFlagSettings = {
  when: 'typing',
  delay: 100,
  shown: 'note',
  ignore: []
};

/** What the flags are to do. */
export function flagSettings(settings: ISettingRegistry.ISettings): IFlagSettings {
  const families = settings.get('families').composite as Record<string, boolean>;
  return {
    when: settings.get('when').composite as IFlagSettings['when'],
    delay: settings.get('delay').composite as number,
    shown: settings.get('shown').composite as Severity,
    ignore: FAMILIES.filter(([name]) => families[name] === false).map(([, code]) => code)
  };
}

/** Where exports go, relative to the notebook's folder; `{name}` is the notebook's name. */
export function exportFolder(settings: ISettingRegistry.ISettings | null): string {
  return (settings?.get('exportFolder').composite as string | undefined) ?? '';
}
