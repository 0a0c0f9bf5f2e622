import { element } from '../element.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly root: HTMLElement;
}

/** Tabs by the pattern of the ARIA Authoring Practices: arrows move, one panel shows. */
export class Tabs {
  readonly root = element('div', { class: 'tabs' });
  readonly #buttons: HTMLButtonElement[];
  readonly #tabs: readonly Tab[];
  #chosen = 0;

  constructor(tabs: readonly Tab[], label: string) {
    this.#tabs = tabs;
    this.#buttons = tabs.map(({ id, title }, i) =>
      element(
        'button',
        { role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, onclick: () => this.choose(i) },
        title,
      ),
    );
    const list = element(
      'div',
      { role: 'tablist', 'aria-label': label, onkeydown: (event) => this.#press(event as KeyboardEvent) },
      ...this.#buttons,
    );
    const panels = tabs.map(({ id, root }) =>
      element('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, tabindex: 0 }, root),
    );
    this.root.append(list, ...panels);
    this.choose(0);
  }

  /** Whether a tab's panel is to be seen. */
  isOpen(id: string): boolean {
    return this.#tabs[this.#chosen].id === id;
  }

  /** Opens a tab by its name and gives it the keyboard; nothing where there is no such tab. */
  open(id: string): void {
    const index = this.#tabs.findIndex((tab) => tab.id === id);
    if (index < 0) return;
    this.choose(index);
    this.#buttons[index].focus();
  }

  choose(index: number): void {
    this.#chosen = index;
    this.#buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', String(i === index));
      button.tabIndex = i === index ? 0 : -1;
      const panel = this.root.querySelector<HTMLElement>(`#panel-${this.#tabs[i].id}`)!;
      panel.hidden = i !== index;
    });
  }

  #press(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    this.choose((this.#chosen + step + this.#tabs.length) % this.#tabs.length);
    this.#buttons[this.#chosen].focus();
  }
}
