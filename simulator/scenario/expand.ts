import { stringify } from 'yaml';
import type { Run } from './run.ts';

/** The resolved run as YAML: every choice made, SI units, the same text for the same scenario and seed. */
export function expand(run: Run): string {
  return stringify(run, { aliasDuplicateObjects: false, lineWidth: 0 });
}
