import '@fontsource-variable/inter';
import './style.css';
import { element } from './element.ts';
import { chooseWords } from './words.ts';

mendLanguage();
const words = chooseWords();
const app = document.querySelector<HTMLElement>('#app')!;

try {
  // What fails while it is loaded is shown, too.
  const { openViewer } = await import('./viewer.ts');
  await openViewer(app, words);
} catch (error) {
  app.replaceChildren(
    element(
      'div',
      { class: 'failed', role: 'alert' },
      element('h1', {}, words.failed),
      element('p', {}, String(error)),
    ),
  );
  throw error;
}

/** Some systems name a language that no formatter takes (`en-US@posix`), at which a library fails while it is loaded. */
function mendLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en' });
  }
}
