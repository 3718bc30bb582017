/** Messages as people read them: sentences, with their `code` set as such. */
import * as React from 'react';

/** A text that begins as a sentence does; code at its beginning stays as it is. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text with its `code` set as such. */
export function Code({ text }: { text: string }): React.JSX.Element {
  const parts = text.split('`');
  return (
    <>{parts.map((part, number) => (number % 2 ? <code key={number}>{part}</code> : part))}</>
  );
}

/** The same where React is not at work. */
export function withCode(text: string): Node[] {
  return text.split('`').map((part, number) => {
    if (number % 2 === 0) {
      return document.createTextNode(part);
    }
    const code = document.createElement('code');
    code.textContent = part;
    return code;
  });
}
