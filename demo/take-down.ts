/** Ends what was started. In lists the newest is last; they are taken down in the opposite order. */
export type TakeDown = () => Promise<void>;
