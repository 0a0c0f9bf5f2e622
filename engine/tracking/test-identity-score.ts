import type { TrackSnapshot } from '../cart.ts';
import { SparseAssignment } from '../maths/sparse-assignment.ts';

/**
 * IDF1 (Ristani et al. 2016) with a match within `reachM` on the floor, and the share of matched positions whose track
 * is its person's main one. For tests of the tracker only; the published metrics live with the other scores.
 */
export class IdentityScore {
  #reachM: number;
  /** truth id → track id → moments matched. */
  #together = new Map<number, Map<number, number>>();
  #truths = 0;
  #outputs = 0;
  #matches = 0;
  #errors2 = 0;
  switches = 0;
  #lastTrack = new Map<number, number>();
  #assignment = new SparseAssignment();

  constructor(reachM: number) {
    this.#reachM = reachM;
  }

  add(snapshot: TrackSnapshot, truthIds: readonly number[], truthM: readonly (readonly [number, number])[]): void {
    const count = snapshot.trackIds.length;
    this.#truths += truthIds.length;
    this.#outputs += count;
    this.#assignment.reset(truthIds.length, count);
    truthM.forEach(([x, y], i) => {
      for (let k = 0; k < count; k++) {
        const distance = Math.hypot(snapshot.onFloorM[2 * k]! - x, snapshot.onFloorM[2 * k + 1]! - y);
        const stays = this.#lastTrack.get(truthIds[i]!) === snapshot.trackIds[k];
        if (distance <= this.#reachM) this.#assignment.add(i, k, distance - (stays ? this.#reachM : 0));
      }
    });
    const trackOf = this.#assignment.solve(2 * this.#reachM);
    truthIds.forEach((truthId, i) => {
      if (trackOf[i]! < 0) return;
      const k = trackOf[i]!;
      const trackId = snapshot.trackIds[k]!;
      this.#matches++;
      this.#errors2 +=
        (snapshot.onFloorM[2 * k]! - truthM[i]![0]) ** 2 + (snapshot.onFloorM[2 * k + 1]! - truthM[i]![1]) ** 2;
      const last = this.#lastTrack.get(truthId);
      if (last !== undefined && last !== trackId) this.switches++;
      this.#lastTrack.set(truthId, trackId);
      const tracks = this.#together.get(truthId) ?? new Map<number, number>();
      tracks.set(trackId, (tracks.get(trackId) ?? 0) + 1);
      this.#together.set(truthId, tracks);
    });
  }

  result(): { idf1: number; purity: number; recall: number; precision: number; rmsM: number; switches: number } {
    const rows = [...this.#together.values()];
    const columns = [...new Set(rows.flatMap((tracks) => [...tracks.keys()]))];
    this.#assignment.reset(rows.length, columns.length);
    rows.forEach((tracks, row) => {
      for (const [trackId, moments] of tracks) this.#assignment.add(row, columns.indexOf(trackId), -moments);
    });
    const columnOfRow = this.#assignment.solve(0);
    let identified = 0;
    let pure = 0;
    rows.forEach((tracks, row) => {
      if (columnOfRow[row]! >= 0) identified += tracks.get(columns[columnOfRow[row]!]!) ?? 0;
      pure += Math.max(...tracks.values());
    });
    return {
      idf1: (2 * identified) / (this.#truths + this.#outputs),
      purity: pure / this.#matches,
      recall: this.#matches / this.#truths,
      precision: this.#matches / this.#outputs,
      rmsM: Math.sqrt(this.#errors2 / this.#matches),
      switches: this.switches,
    };
  }
}
