import { hypot2 } from '../../maths.ts';
import type { RandomStream } from '../../random.ts';
import { LIMITS } from '../limits.ts';
import type { Action, DoorPlan, Run, ShopperPlan } from '../run.ts';
import type { PopulationSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { drawArrivalsUs } from './arrivals.ts';
import { actOut, drawHabit } from './habits.ts';
import { handOver, type Member } from './hand-over.ts';
import { ANY_TIME, Carrying, type Choices, drawClothing, drawHanded, drawHeightM, drawSpeedMps } from './people.ts';
import { type Offer, roundFrom, type ShelfChoice } from './shelf-choice.ts';

/** Longest look at a shelf before one item. */
const MOST_DWELL_US = 120_000_000;

/** What a population's members have in common while their plans are made. */
export interface Scene {
  readonly spec: ScenarioSpec;
  readonly store: Run['store'];
  readonly shelves: ShelfChoice;
  readonly entryDoor: string;
  readonly random: (path: string) => RandomStream;
}

/** All shoppers of one population. */
export function populationShoppers(scene: Scene, name: string, population: PopulationSpec): ShopperPlan[] {
  const own: Choices = (purpose) => scene.random(`shopper/${name}/plan/${purpose}`);
  return drawArrivalsUs(scene.spec, population, own).flatMap((arriveUs, i) =>
    partyShoppers(scene, `${name}/${i + 1}`, population, arriveUs),
  );
}

function partyShoppers(scene: Scene, party: string, population: PopulationSpec, arriveUs: number): ShopperPlan[] {
  const choices: Choices = (purpose) => scene.random(`shopper/${party}/plan/${purpose}`);
  const size = Number(choices('party').pick(Object.entries(population.party), ([, share]) => share ?? 0)[0]);
  const speedMps = drawSpeedMps(population.speed, choices);
  const entryDoor = population.door ?? scene.entryDoor;
  const doorM = scene.store.doors.find(({ id }) => id === entryDoor)!.atM;
  let atUs = arriveUs;
  const drafts = Array.from({ length: size }, (_, i) => {
    const key = i === 0 ? party : `${party}/${i + 1}`;
    const own: Choices = (purpose) => scene.random(`shopper/${key}/plan/${purpose}`);
    if (i > 0) atUs += Math.round(own('gap').between(0.6e6, 1.5e6));
    const equipment = own('equipment').pick(Object.entries(population.equipment), ([, share]) => share ?? 0)[0];
    const person = personPlan(key, party, population, own, equipment as ShopperPlan['equipment'], speedMps, entryDoor);
    const member: Member = { key, choices: own, actions: [], kept: [], handOvers: [], lastM: doorM };
    shop(scene, member, population, person.equipment, size === 1, doorM);
    return { member, plan: { ...person, arriveUs: atUs } };
  });
  handOver(
    party,
    drafts.map(({ member }) => member),
  );
  return drafts.map(({ member, plan }) => ({ ...plan, actions: [...member.actions, leave(scene, member)] }));
}

function personPlan(
  key: string,
  party: string,
  population: PopulationSpec,
  choices: Choices,
  equipment: ShopperPlan['equipment'],
  speedMps: number,
  entryDoor: string,
): Omit<ShopperPlan, 'arriveUs' | 'actions'> {
  return {
    key,
    party,
    role: 'shopper',
    tailgates: null,
    carriedBy: null,
    refused: false,
    entryDoor,
    heightM: drawHeightM(population.height, choices),
    speedMps,
    equipment,
    handed: drawHanded(population.handed, choices),
    swapHands: population.habits?.['swap-hands'] ?? 0,
    clothing: drawClothing(population.clothing, false, choices),
    brings: [],
  };
}

/** Fills a member's actions: the shelves in the order of a counter-clockwise round, each with a look and a deed. */
function shop(
  { shelves, store }: Scene,
  member: Member,
  population: PopulationSpec,
  equipment: ShopperPlan['equipment'],
  alone: boolean,
  doorM: readonly [number, number],
): void {
  const { choices, actions } = member;
  const browses = choices('browse').chance(population.habits?.['browse-only'] ?? 0);
  const items = browses ? 1 + choices('visits').below(3) : Math.round(choices('basket').draw(population.basket));
  const visits = Array.from({ length: Math.max(0, Math.min(items, LIMITS.basket)) }, (_, i) => {
    const stream = choices(`item/${i}`);
    return { stream, offer: shelves.pick(stream) };
  }).filter((visit): visit is { stream: RandomStream; offer: Offer } => visit.offer !== undefined);
  const round = (offer: Offer) => roundFrom(doorM, store.sizeM, offer.standM);
  visits.sort((a, b) => round(a.offer) - round(b.offer));
  const carrying = new Carrying(equipment);
  for (const { stream, offer } of visits) {
    const { slot } = offer;
    member.lastM = offer.standM;
    actions.push({ verb: 'walk', to: { address: slot.id }, ...ANY_TIME });
    const dwellUs = Math.round(Math.max(0, Math.min(stream.draw(population.dwell), MOST_DWELL_US)));
    actions.push({ verb: 'look', forUs: dwellUs, at: slot.id, ...ANY_TIME });
    if (browses) continue;
    const { sku } = stream.pick(slot.contents, ({ count }) => count);
    const deed = actOut(drawHabit(population, alone, stream), sku, offer, shelves, carrying, stream);
    actions.push(...deed.actions);
    if (deed.kept !== null) member.kept.push(deed.kept);
    if (deed.handOver && deed.kept !== null) member.handOvers.push({ kind: deed.handOver, sku: deed.kept });
  }
}

function leave({ store }: Scene, { lastM }: Member): Action {
  const away = ({ atM }: DoorPlan) => hypot2(atM[0] - lastM[0], atM[1] - lastM[1]);
  const exits = store.doors.filter(({ use }) => use !== 'entry');
  const nearest = exits.reduce((best, door) => (away(door) < away(best) ? door : best));
  return { verb: 'leave', by: nearest.id, ...ANY_TIME };
}
