import type { NetDescription } from '../net/net-description.ts';
import { CROP_PX } from '../picture/crop.ts';

/** What the place of one facing may be, in the order of the net's outputs. */
export const FACING_STATES = ['empty', 'stocked'] as const;

/** Crop of the place of one facing → probabilities of its states. */
export const SHELF_READER_NET: NetDescription = {
  name: 'shelf-reader',
  picture: [CROP_PX, CROP_PX, 3],
  layers: [
    { kind: 'conv', name: 'conv1', filters: 12, kernel: 5, stride: 2 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'conv2', filters: 24, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'conv3', filters: 48, kernel: 3, stride: 1 },
    { kind: 'average-pool' },
    { kind: 'flatten' },
    { kind: 'dense', name: 'states', units: FACING_STATES.length, activation: 'softmax' },
  ],
};
