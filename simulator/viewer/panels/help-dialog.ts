import { element } from '../element.ts';
import type { Words } from '../words.ts';

/** Which keys do what. */
export class HelpDialog {
  readonly root: HTMLDialogElement;
  readonly button: HTMLButtonElement;

  constructor(words: Words) {
    const { help } = words;
    this.root = element(
      'dialog',
      { class: 'help', 'aria-labelledby': 'help-title' },
      element('h2', { id: 'help-title' }, help.title),
      element(
        'dl',
        {},
        ...help.keys.flatMap(([keys, does]) => [
          element('dt', {}, ...keys.split(', ').flatMap((key, i) => [i > 0 ? ' ' : '', element('kbd', {}, key)])),
          element('dd', {}, does),
        ]),
      ),
      element('button', { class: 'main', onclick: () => this.root.close() }, help.close),
    );
    this.button = element('button', { class: 'help-button', title: help.title, onclick: () => this.show() }, '?');
    this.button.setAttribute('aria-label', help.open);
  }

  show(): void {
    this.root.showModal();
  }
}
