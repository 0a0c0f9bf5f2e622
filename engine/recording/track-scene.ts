/** foxglove.SceneUpdate of the people the engine sees, each under the cart of the trip it most likely belongs to. */
import type { Cart, Claim, TrackSnapshot } from '../cart.ts';
import { linesInWords } from './output-view.ts';
import { sceneEntity, sceneText } from './store-scene.ts';

const BODY_SIZE = { x: 0.45, y: 0.45, z: 1.7 };
const BODY_COLOUR = { r: 0.2, g: 0.4, b: 0.9, a: 0.5 };
const LEVEL = { x: 0, y: 0, z: 0, w: 1 };

export class TrackScene {
  readonly #tripOfTrack = new Map<number, { tripId: string; prob: number }>();
  readonly #goodsOfTrip = new Map<string, string>();

  claim(claim: Claim): void {
    claim.shares.forEach(({ tripId, prob }, i) => {
      const trackId = claim.trackIds[i];
      if (tripId === null || trackId === undefined || trackId < 0) return;
      const known = this.#tripOfTrack.get(trackId);
      if (known === undefined || prob >= known.prob) this.#tripOfTrack.set(trackId, { tripId, prob });
    });
  }

  /** Only trips still open have somebody to hang their goods over. */
  cart(cart: Cart): void {
    if (cart.status === 'draft') this.#goodsOfTrip.set(cart.tripId, linesInWords(cart));
    else this.#goodsOfTrip.delete(cart.tripId);
  }

  /** One entity for all people, so that each message replaces the one before it. */
  message({ timeUs, trackIds, onFloorM }: TrackSnapshot): object {
    this.#forgetAllBut(trackIds);
    const cylinders: object[] = [];
    const texts: object[] = [];
    trackIds.forEach((trackId, i) => {
      const [x, y] = [onFloorM[2 * i], onFloorM[2 * i + 1]];
      const pose = { position: { x, y, z: BODY_SIZE.z / 2 }, orientation: LEVEL };
      cylinders.push({ pose, size: BODY_SIZE, bottom_scale: 1, top_scale: 0.7, color: BODY_COLOUR });
      texts.push(sceneText(this.#label(trackId), { x, y, z: BODY_SIZE.z + 0.2 }, 0.15));
    });
    return { deletions: [], entities: [sceneEntity('people', timeUs, { cylinders, texts })] };
  }

  #label(trackId: number): string {
    const trip = this.#tripOfTrack.get(trackId);
    if (trip === undefined) return `${trackId}`;
    return `${trackId} · ${trip.tripId}\n${this.#goodsOfTrip.get(trip.tripId) ?? ''}`;
  }

  #forgetAllBut(trackIds: Int32Array): void {
    const live = new Set(trackIds);
    for (const trackId of this.#tripOfTrack.keys()) if (!live.has(trackId)) this.#tripOfTrack.delete(trackId);
  }
}
