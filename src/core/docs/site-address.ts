/** `https://docs.example.com/handbook`: where readers find a site, without query and fragment. */
export const SITE_ADDRESS = /^https?:\/\/[^\s/?#@"<>]+(\/[^\s?#"<>]*)?$/;
