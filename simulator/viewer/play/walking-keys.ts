/** Keys that walk: ahead, to the left, back, to the right. */
const WAYS: Readonly<Record<string, readonly [ahead: number, right: number]>> = {
  ArrowUp: [1, 0],
  KeyW: [1, 0],
  ArrowDown: [-1, 0],
  KeyS: [-1, 0],
  ArrowLeft: [0, -1],
  KeyA: [0, -1],
  ArrowRight: [0, 1],
  KeyD: [0, 1],
};

/** Which walking keys are held down; nothing while it is off. */
export class WalkingKeys {
  isOn = false;
  readonly #down = new Set<string>();

  constructor(page: Document) {
    page.addEventListener(
      'keydown',
      (event) => {
        if (!this.isOn || !(event.code in WAYS) || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea, dialog *')) return;
        this.#down.add(event.code);
        event.preventDefault();
        event.stopPropagation();
      },
      { capture: true },
    );
    page.addEventListener('keyup', (event) => this.#down.delete(event.code), { capture: true });
    addEventListener('blur', () => this.#down.clear());
  }

  /** Direction in the world for one who looks along (lookX, lookY): a unit vector, or (0, 0). */
  direction(lookX: number, lookY: number): readonly [number, number] {
    let ahead = 0;
    let right = 0;
    if (this.isOn)
      for (const code of this.#down) {
        ahead += WAYS[code][0];
        right += WAYS[code][1];
      }
    const x = ahead * lookX + right * lookY;
    const y = ahead * lookY - right * lookX;
    const length = Math.hypot(x, y);
    return length < 1e-6 ? [0, 0] : [x / length, y / length];
  }
}
