/** Changes of several cells, and cells that come or go, as one step that one undo takes back.
 *
 * In JupyterLab each cell has a history of its own, and the notebook has one for cells that come and
 * go. What is linked here leaves them together, whichever is asked first, and comes back together.
 */

/** What is used of Yjs' undo manager. */
export interface IHistory {
  readonly undoStack: readonly object[];
  readonly redoStack: readonly object[];
  stopCapturing(): void;
  undo(): unknown;
  redo(): unknown;
  on(name: 'stack-item-popped', listener: (event: IPopped) => void): void;
  off(name: 'stack-item-popped', listener: (event: IPopped) => void): void;
}

interface IPopped {
  stackItem: object;
  type: 'undo' | 'redo';
}

/** Do something in several histories, and link what it left in them.
 *
 * @param histories Those of all that is changed.
 * @param act Changes it.
 */
export function asOneStep(histories: Iterable<IHistory>, act: () => void): void {
  const all = [...new Set(histories)];
  const before = new Map(all.map(one => [one, one.undoStack.at(-1)]));
  // else it would be undone together with what was typed just before, or after
  all.forEach(one => one.stopCapturing());
  act();
  all.forEach(one => one.stopCapturing());
  const items = new Map<IHistory, object>();
  for (const one of all) {
    const top = one.undoStack.at(-1);
    if (top && top !== before.get(one)) {
      items.set(one, top);
    }
  }
  if (items.size > 1) {
    link(items);
  }
}

function link(items: Map<IHistory, object>): void {
  let busy = false;
  for (const asked of items.keys()) {
    asked.on('stack-item-popped', ({ stackItem, type }) => {
      if (busy || items.get(asked) !== stackItem) {
        return;
      }
      busy = true;
      try {
        for (const [other, item] of items) {
          const stack = type === 'undo' ? other.undoStack : other.redoStack;
          // what was changed there since stays, and with it what lies below
          if (other !== asked && stack.at(-1) === item) {
            other[type]();
          }
        }
        for (const one of items.keys()) {
          const back = (type === 'undo' ? one.redoStack : one.undoStack).at(-1);
          if (back) {
            items.set(one, back);
          }
        }
      } finally {
        busy = false;
      }
    });
  }
}
