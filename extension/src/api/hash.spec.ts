import { expect, test } from 'vitest';
import { hashOf } from './hash';

test('texts that differ in one place have other hashes', () => {
  const texts = ['', 'x = 1', 'x = 2', 'x = 1 ', ' x = 1', '😀', '😁', 'é', 'e\u0301'];
  for (let at = 0; at < 2000; at++) {
    texts.push(`value_${at} = frame.loc[${at}]`);
  }

  expect(new Set(texts.map(hashOf)).size).toBe(texts.length);
  expect(hashOf('x = 1')).toBe(hashOf('x = 1'));
});
