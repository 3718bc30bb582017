/** The names of all commands. */
export namespace CommandIDs {
  export const check = 'poc-graduate:check';
  export const fixes = 'poc-graduate:show-fixes';
  export const next = 'poc-graduate:next-finding';
  export const findings = 'poc-graduate:show-findings';
  export const explain = 'poc-graduate:explain';
  export const act = 'poc-graduate:act';
  export const graduate = 'poc-graduate:graduate';
  export const graduateFile = 'poc-graduate:graduate-file';
  export const project = 'poc-graduate:open-project';
}
