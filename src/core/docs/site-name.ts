/** Names of sites become names of folders, and parts of workflow ids. */
export const isSiteName = (text: string): boolean => /^[a-z][a-z0-9-]{0,62}$/.test(text);
