/** The version of @mediapipe/tasks-vision whose bundle sends nothing anywhere; later ones report to their maker. */
export const TASKS_VISION = '0.10.35';
