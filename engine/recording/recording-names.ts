/** Names inside a recording that writer and readers share. */
export const RECORDING_LIBRARY = 'openaisle recording 1';
export const STORE_ATTACHMENT = 'store.json';
export const RUN_METADATA = 'openaisle.run';
export const RESULT_METADATA = 'openaisle.result';
export const READINGS_PREFIX = '/readings/';
export const TRUTH_PREFIX = '/truth/';
