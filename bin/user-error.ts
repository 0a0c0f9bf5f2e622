/** Something the person at the command line can mend: printed without a stack, exit code 2. */
export class UserError extends Error {}
