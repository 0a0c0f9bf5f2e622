import type { NetDescription } from '../net/net-description.ts';
import { CROP_PX } from '../picture/crop.ts';

/** Numbers per embedding. */
export const EMBEDDING = 96;

/** Crop → embedding; its direction alone counts. */
export const RECOGNISER_NET: NetDescription = {
  name: 'product-recogniser',
  picture: [CROP_PX, CROP_PX, 3],
  layers: [
    { kind: 'conv', name: 'conv1', filters: 24, kernel: 5, stride: 2 },
    { kind: 'conv', name: 'conv2', filters: 48, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'conv3', filters: 96, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'conv4', filters: 128, kernel: 3, stride: 1 },
    { kind: 'average-pool' },
    { kind: 'flatten' },
    { kind: 'dense', name: 'embedding', units: EMBEDDING, activation: 'linear' },
  ],
};
