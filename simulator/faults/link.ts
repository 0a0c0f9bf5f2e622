import type { Reading } from '../../engine/readings.ts';
import type { RandomStream } from '../random.ts';
import type { FaultPlan } from '../scenario/run.ts';
import { Strikes } from './strikes.ts';

type Emit = (reading: Reading) => void;

/** What a fault does to finished readings between the sensor and the engine's host. */
export interface Link {
  /** Passes on, loses, delays or doubles a reading taken at a true time. */
  carry(reading: Reading, trueUs: number, emit: Emit): void;
  /** Gives up what is still held back. */
  flush(emit: Emit): void;
}

function later(reading: Reading, byUs: number): Reading {
  return { ...reading, arrivalUs: reading.arrivalUs + Math.round(byUs) };
}

/** The fault as a link, or null when this kind does not act on deliveries. */
export function linkFault(plan: FaultPlan, stream: RandomStream): Link | null {
  const holds = (timeUs: number) => timeUs >= plan.fromUs && timeUs < plan.toUs;
  const link = (act: (reading: Reading, trueUs: number, emit: Emit) => void): Link => ({
    carry(reading, trueUs, emit) {
      if (holds(trueUs)) act(reading, trueUs, emit);
      else emit(reading);
    },
    flush() {},
  });
  switch (plan.kind) {
    case 'blackout':
      return link(() => {});
    case 'dropout':
      return link((reading, _, emit) => {
        if (!stream.chance(plan.share)) emit(reading);
      });
    case 'burst-dropout':
      return burstDropout(plan, stream, holds);
    case 'latency': {
      const byUs = Math.max(0, stream.draw(plan.size));
      return link((reading, _, emit) => emit(later(reading, byUs)));
    }
    case 'jitter':
      return link((reading, _, emit) => emit(later(reading, Math.abs(stream.draw(plan.size)))));
    case 'duplicate':
      return link((reading, _, emit) => {
        emit(reading);
        if (stream.chance(plan.share)) emit(later(reading, Math.max(1, stream.draw(plan.size))));
      });
    case 'reorder':
      return reorder(plan, stream, holds);
    default:
      return null;
  }
}

function burstDropout(plan: FaultPlan, stream: RandomStream, holds: (timeUs: number) => boolean): Link {
  const strikes = new Strikes(stream, plan.ratePerSecond, plan.fromUs);
  let deafUntilUs = Number.NEGATIVE_INFINITY;
  return {
    carry(reading, trueUs, emit) {
      for (let at = strikes.take(trueUs); at !== null; at = strikes.take(trueUs)) {
        deafUntilUs = Math.max(deafUntilUs, at + stream.draw(plan.size2));
      }
      if (!(holds(trueUs) && trueUs < deafUntilUs)) emit(reading);
    },
    flush() {},
  };
}

/** A struck reading waits for the next one of its sensor and arrives 1 µs after it. */
function reorder(plan: FaultPlan, stream: RandomStream, holds: (timeUs: number) => boolean): Link {
  let held: Reading | null = null;
  return {
    carry(reading, trueUs, emit) {
      if (held === null && holds(trueUs) && stream.chance(plan.share)) {
        held = reading;
        return;
      }
      emit(reading);
      if (held !== null) emit({ ...held, arrivalUs: Math.max(held.arrivalUs, reading.arrivalUs + 1) });
      held = null;
    },
    flush(emit) {
      if (held !== null) emit(held);
      held = null;
    },
  };
}
