import type { NetDescription } from '../net/net-description.ts';
import { CROP_PX } from '../picture/crop.ts';

/** What a hand may be doing, in the order of the net's outputs. */
export const HAND_STATES = ['empty', 'one', 'several', 'in-bag', 'unclear'] as const;
export type HandState = (typeof HAND_STATES)[number];

/** Crop around a hand → probabilities of its states. */
export const HAND_STATE_NET: NetDescription = {
  name: 'hand-state',
  picture: [CROP_PX, CROP_PX, 3],
  layers: [
    { kind: 'conv', name: 'conv1', filters: 16, kernel: 5, stride: 2 },
    { kind: 'conv', name: 'conv2', filters: 32, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'conv3', filters: 64, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'conv4', filters: 96, kernel: 3, stride: 1 },
    { kind: 'average-pool' },
    { kind: 'flatten' },
    { kind: 'dense', name: 'hidden', units: 64, activation: 'relu' },
    { kind: 'dense', name: 'states', units: HAND_STATES.length, activation: 'softmax' },
  ],
};
