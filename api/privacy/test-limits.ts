/** Retention that the tests run under, hours. */
export const DEMO_LIMITS = { visit: 72, 'entry-code': 1, event: 168, fiscal: 87_600, person: null, operation: null };
