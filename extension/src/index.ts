/** The list of plugins. */
import { flagsPlugin } from './flags';

export default [flagsPlugin];
