import type { Reading } from '../../engine/readings.ts';
import type { RandomStream } from '../random.ts';
import type { FaultPlan } from '../scenario/run.ts';
import { Strikes } from './strikes.ts';

type Emit = (reading: Reading) => void;

/** What a fault does to a finished reading, taken at a true time, on its way: passes on, loses, delays or doubles it. */
export type Link = (reading: Reading, trueUs: number, emit: Emit) => void;

function later(reading: Reading, byUs: number): Reading {
  return { ...reading, arrivalUs: reading.arrivalUs + Math.round(byUs) };
}

/** The fault as a link, or null when this kind does not act on deliveries. */
export function linkFault(plan: FaultPlan, stream: RandomStream): Link | null {
  const holds = (timeUs: number) => timeUs >= plan.fromUs && timeUs < plan.toUs;
  const link =
    (act: Link): Link =>
    (reading, trueUs, emit) => {
      if (holds(trueUs)) act(reading, trueUs, emit);
      else emit(reading);
    };
  switch (plan.kind) {
    case 'blackout':
      return link(() => {});
    case 'dropout': {
      const struck = striker(plan, stream);
      return link((reading, trueUs, emit) => {
        if (!struck(trueUs)) emit(reading);
      });
    }
    case 'burst-dropout':
      return burstDropout(plan, stream, holds);
    case 'latency': {
      const byUs = Math.max(0, stream.draw(plan.size));
      return link((reading, _, emit) => emit(later(reading, byUs)));
    }
    case 'duplicate': {
      const struck = striker(plan, stream);
      return link((reading, trueUs, emit) => {
        emit(reading);
        if (struck(trueUs)) emit(later(reading, Math.max(1, stream.draw(plan.size))));
      });
    }
    case 'reorder': {
      const struck = striker(plan, stream);
      return link((reading, trueUs, emit) => {
        emit(struck(trueUs) ? later(reading, Math.max(0, stream.draw(plan.size))) : reading);
      });
    }
    default:
      return null;
  }
}

function burstDropout(plan: FaultPlan, stream: RandomStream, holds: (timeUs: number) => boolean): Link {
  const strikes = new Strikes(stream, plan.ratePerSecond, plan.fromUs);
  let deafUntilUs = Number.NEGATIVE_INFINITY;
  return (reading, trueUs, emit) => {
    for (let at = strikes.take(trueUs); at !== null; at = strikes.take(trueUs)) {
      deafUntilUs = Math.max(deafUntilUs, at + stream.draw(plan.size2));
    }
    if (!(holds(trueUs) && trueUs < deafUntilUs)) emit(reading);
  };
}

/** Whether the fault strikes a reading: by its share of readings, or because a strike fell since the reading before. */
function striker(plan: FaultPlan, stream: RandomStream): (trueUs: number) => boolean {
  const strikes = new Strikes(stream, plan.ratePerSecond, plan.fromUs);
  return (trueUs) => {
    let struck = false;
    while (strikes.take(trueUs) !== null) struck = true;
    return (plan.share > 0 && stream.chance(plan.share)) || struck;
  };
}
