import { element } from '../element.ts';
import type { Words } from '../words.ts';

const SEEN = 'openaisle.intro';

/** Two sentences for those who come for the first time; gone for good once read. */
export function intro(words: Words): HTMLElement | null {
  if (localStorage.getItem(SEEN) || new URLSearchParams(location.search).has('still')) return null;
  const root = element('div', { class: 'intro', role: 'note' }, element('p', {}, words.intro));
  root.append(
    element(
      'button',
      {
        onclick: () => {
          localStorage.setItem(SEEN, '1');
          root.remove();
        },
      },
      words.gotIt,
    ),
  );
  return root;
}
