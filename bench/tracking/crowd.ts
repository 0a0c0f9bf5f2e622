import { RandomStream } from '../../simulator/random.ts';

/** One frame of a synthetic crowd: where people are, and what a detector says. */
export interface CrowdFrame {
  readonly seconds: number;
  /** People × 2: x, y, metres; person i keeps place i. */
  readonly placesM: Float64Array;
  /** Sightings × 2, shuffled, with scores. */
  readonly sightingsM: Float64Array;
  readonly scores: Float64Array;
}

/** People per square metre: a busy square, each has a neighbour within a metre. */
const DENSITY = 0.25;
const FRAMES_PER_SECOND = 10;
const SPEED_MPS = 1.2;
/** How far a walker's velocity strays from the one kept, SD per axis, and the error of a sighting. */
const SWERVE_MPS = 0.15;
/** Where people begin to turn, and how hard they do, which leaves their speed as it was. */
const EDGE_M = 0.5;
const TURN_MPS2 = 1.5;
const NOISE_M = 0.1;
const MISS_PROB = 0.05;
/** False sightings per person and frame. */
const FALSE_PROB = 0.02;

/** Side of the square that a crowd of so many walks in, metres. */
export function crowdSideM(people: number): number {
  return Math.sqrt(people / DENSITY);
}

/** A crowd at constant velocity with noise, turned back at the edges; the same for the same seed. */
export function crowdFrames(people: number, frames: number, seed = 1): CrowdFrame[] {
  const random = new RandomStream(seed, `crowd/${people}`);
  const side = crowdSideM(people);
  const place = Float64Array.from({ length: 2 * people }, () => side * random.uniform());
  const speed = new Float64Array(2 * people);
  for (let i = 0; i < people; i++) {
    const [x, y] = [random.normal(), random.normal()];
    const share = (SPEED_MPS * random.between(0.6, 1.3)) / Math.sqrt(x * x + y * y);
    speed.set([share * x, share * y], 2 * i);
  }
  const t = 1 / FRAMES_PER_SECOND;
  const out: CrowdFrame[] = [];
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < 2 * people; k++) {
      place[k]! += t * (speed[k]! + SWERVE_MPS * random.normal());
      // Whoever comes near the edge turns round as people do, within about a second.
      if (place[k]! < EDGE_M) speed[k]! += TURN_MPS2 * t;
      else if (place[k]! > side - EDGE_M) speed[k]! -= TURN_MPS2 * t;
    }
    out.push({ seconds: frame * t, placesM: place.slice(), ...sightingsOf(place, side, random) });
  }
  return out;
}

function sightingsOf(place: Float64Array, side: number, random: RandomStream) {
  const rows: { x: number; y: number; score: number; key: number }[] = [];
  const add = (x: number, y: number, score: number) => rows.push({ x, y, score, key: random.uniform() });
  for (let i = 0; i < place.length / 2; i++) {
    if (random.chance(MISS_PROB)) continue;
    add(place[2 * i]! + NOISE_M * random.normal(), place[2 * i + 1]! + NOISE_M * random.normal(), 0.9);
  }
  const alarms = random.poisson((FALSE_PROB * place.length) / 2);
  for (let i = 0; i < alarms; i++) add(side * random.uniform(), side * random.uniform(), 0.6);
  rows.sort((a, b) => a.key - b.key);
  return {
    sightingsM: Float64Array.from(rows.flatMap(({ x, y }) => [x, y])),
    scores: Float64Array.from(rows, ({ score }) => score),
  };
}
