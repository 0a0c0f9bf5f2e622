import { element } from './element.ts';
import type { Words } from './words.ts';

/** Lets a recording be dropped anywhere on the page, or be chosen: the server opens it and shows it in the store's place. */
export class RecordingDrop {
  readonly root: HTMLElement;
  readonly #words: Words;
  readonly #say: (text: string) => void;

  /** `say`: tells the person how it goes; an empty text when there is nothing to tell. */
  constructor(words: Words, say: (text: string) => void) {
    this.#words = words;
    this.#say = say;
    const choose = element('input', {
      type: 'file',
      accept: '.mcap',
      class: 'unseen',
      tabindex: -1,
      'aria-label': words.openRecording,
      onchange: () => this.#send(choose.files?.[0]),
    });
    const button = element(
      'button',
      { class: 'open-recording', title: words.openRecordingHint, onclick: () => choose.click() },
      words.openRecording,
    );
    this.root = element('div', { class: 'open-recording-door' }, button, choose);
    document.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      document.body.classList.add('is-dropping');
    });
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) document.body.classList.remove('is-dropping');
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      document.body.classList.remove('is-dropping');
      void this.#send(event.dataTransfer?.files[0]);
    });
  }

  /** When it was opened the server ends the feed, and the page starts anew with the recording. */
  async #send(file: File | undefined): Promise<void> {
    if (!file) return;
    this.#say(this.#words.openingRecording(file.name));
    const headers = { 'content-type': 'application/octet-stream' };
    const reply = await fetch('live/recording', { method: 'POST', headers, body: file }).catch(() => null);
    if (reply?.ok) return;
    const { error } = ((await reply?.json().catch(() => null)) ?? {}) as { readonly error?: string };
    this.#say(`${this.#words.noRecording} ${error ?? ''}`);
  }
}
