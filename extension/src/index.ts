/** The list of plugins. */
import { flagsPlugin } from './flags';
import { graduatePlugin } from './graduate';

export default [flagsPlugin, graduatePlugin];
