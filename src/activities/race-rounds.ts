/** How often a batch that lost its race is made anew from what stands then. */
export const RACE_ROUNDS = 5;
