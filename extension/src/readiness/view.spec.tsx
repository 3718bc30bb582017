// @vitest-environment jsdom
import { nullTranslator } from '@jupyterlab/translation';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ToldModel } from '../project/told';
import { scored } from '../testing';
import { Readiness } from './view';

async function page(more: Parameters<typeof scored>[0] = {}): Promise<HTMLElement> {
  const model = new ToldModel(() => Promise.resolve(scored(more)));
  await model.refresh();
  const trans = nullTranslator.load('');
  const nothing = (): void => undefined;
  const body = document.createElement('div');
  body.innerHTML = renderToStaticMarkup(
    <Readiness {...{ model, busy: false, run: nothing, openPage: nothing, trans }}>
      {null}
    </Readiness>
  );
  return body;
}

it('says in words what the radar shows', async () => {
  const radar = (await page()).querySelector('svg')!;

  expect(radar.getAttribute('role')).toBe('img');
  expect(radar.getAttribute('aria-label')).toBe('Compute 7.0 of 7, Data 3.5 of 7');
  expect(radar.querySelector('.jp-mod-shape')!.getAttribute('points')).toBe('0,-110 55,0');
  expect([...radar.querySelectorAll('text')].map(one => one.textContent)).toEqual([
    'Compute7.0',
    'Data3.5'
  ]);
});

it('tells the score, on what it rests, and what to do next', async () => {
  const never = (await page()).textContent;
  expect(never).toContain('2.0 of 7');
  expect(never).toContain('Its tests never ran here.');
  expect(never).toContain('Is it tested? Run the tests.');

  expect((await page({ ran: '2026-03-01' })).textContent).toContain('last on 2026-03-01');
});
