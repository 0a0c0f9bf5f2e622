/** Names inside a recording that writer and readers share. */
export const RECORDING_LIBRARY = 'openaisle recording 1';
export const STORE_ATTACHMENT = 'store.json';
export const RUN_METADATA = 'openaisle.run';
export const RESULT_METADATA = 'openaisle.result';
export const READINGS_PREFIX = '/readings/';
export const TRUTH_PREFIX = '/truth/';

const PICTURE_TOPIC = /^\/cameras\/(.+)\/(color|depth|seen)$/s;

/** Channels of one camera's pictures, and of which picture each of its readings was made of. */
export function pictureTopics(cameraId: string): {
  readonly colour: string;
  readonly depth: string;
  readonly seen: string;
} {
  const prefix = `/cameras/${cameraId}`;
  return { colour: `${prefix}/color`, depth: `${prefix}/depth`, seen: `${prefix}/seen` };
}

/** Camera and what of its pictures a channel holds, or null for any other channel. */
export function pictureTopic(
  topic: string,
): { readonly cameraId: string; readonly part: 'color' | 'depth' | 'seen' } | null {
  const match = PICTURE_TOPIC.exec(topic);
  return match && { cameraId: match[1], part: match[2] as 'color' | 'depth' | 'seen' };
}
