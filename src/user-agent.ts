/** How we are named to every service that we ask over HTTP. */
export const USER_AGENT = 'switchyard';
